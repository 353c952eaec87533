namespace Zoniq.Domain.Notifications;

/// <summary>A file that goes with a mail.</summary>
public sealed record MailAttachment(string FileName, string ContentType, byte[] Content);

/// <summary>Makes the files of a mail when it is sent, so that the outbox stays small. An area that has such files registers one.</summary>
public interface IAttachmentSource
{
    /// <summary>What it makes: <c>tickets</c> or <c>calendar</c>.</summary>
    string Kind { get; }

    /// <summary>The files that belong to the thing with this number, such as the tickets of a booking.</summary>
    Task<IReadOnlyList<MailAttachment>> MakeAsync(long id, CancellationToken cancellationToken);
}

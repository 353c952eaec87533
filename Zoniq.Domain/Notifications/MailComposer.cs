using MimeKit;

namespace Zoniq.Domain.Notifications;

/// <summary>Makes a row of the outbox into a mail that a server takes.</summary>
public sealed class MailComposer(MailOptions options, IEnumerable<IAttachmentSource> attachmentSources)
{
    private readonly MailTexts texts = new(options);
    private readonly IAttachmentSource[] sources = [.. attachmentSources];

    /// <summary>The message id is the row's, so that a mail delivered twice in spite of everything is recognised as one.</summary>
    public async Task<MimeMessage> ComposeAsync(OutboxMail mail, CancellationToken cancellationToken)
    {
        var content = texts.Write(mail.Template, mail.Data);
        var files = new List<MailAttachment>();
        foreach (var (kind, id) in content.Attachments)
        {
            var made = await MakeAsync(kind, id, cancellationToken);
            if (made.Count == 0 && content.WithNothingAttached is { } otherwise)
            {
                content = otherwise with { IsOptional = content.IsOptional };
                files.Clear();
                break;
            }

            files.AddRange(made);
        }

        var settingsUrl = $"{options.FrontendUrl}/settings/notifications";
        var body = new BodyBuilder { HtmlBody = MailLayout.Html(content, settingsUrl), TextBody = MailLayout.Text(content, settingsUrl) };

        foreach (var file in files)
        {
            body.Attachments.Add(file.FileName, file.Content, ContentType.Parse(file.ContentType));
        }

        var message = new MimeMessage
        {
            Subject = string.Concat(content.Subject.Select(letter => char.IsControl(letter) ? ' ' : letter)),
            Date = mail.CreatedAt,
            MessageId = $"mail-{mail.Id}-{mail.CreatedAt.ToUnixTimeMilliseconds()}@{options.FromEmail[(options.FromEmail.LastIndexOf('@') + 1)..]}",
            Body = body.ToMessageBody(),
        };
        message.From.Add(new MailboxAddress(options.FromName, options.FromEmail));
        message.To.Add(new MailboxAddress(null, mail.Recipient));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Prepare(EncodingConstraint.SevenBit);
        return message;
    }

    private Task<IReadOnlyList<MailAttachment>> MakeAsync(string kind, long id, CancellationToken cancellationToken) =>
        sources.FirstOrDefault(source => source.Kind == kind) is { } source
            ? source.MakeAsync(id, cancellationToken)
            : throw new InvalidOperationException($"Nobody makes {kind}.");
}

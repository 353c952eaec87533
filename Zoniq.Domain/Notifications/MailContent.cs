namespace Zoniq.Domain.Notifications;

/// <summary>What a mail says, before it is laid out as HTML and as plain text.</summary>
internal sealed record MailContent
{
    public required string Subject { get; init; }

    /// <summary>The line a mailbox shows beside the subject.</summary>
    public required string Preview { get; init; }

    public required string Heading { get; init; }

    public required MailBlock[] Blocks { get; init; }

    /// <summary>Whether the recipient can switch such mails off, and is told where.</summary>
    public bool IsOptional { get; init; }

    /// <summary>Which sources make the files that go with it, and of what.</summary>
    public (string Kind, long Id)[] Attachments { get; init; } = [];

    /// <summary>What it says instead, with no files, when one of them has nothing to give.</summary>
    public MailContent? WithNothingAttached { get; init; }
}

internal abstract record MailBlock;

internal sealed record Paragraph(string Text) : MailBlock;

/// <summary>Something to be typed elsewhere.</summary>
internal sealed record BigCode(string Code) : MailBlock;

/// <summary>Names and values; a value may have several lines. Those without a value are left out.</summary>
internal sealed record Facts(params (string Name, string? Value)[] Rows) : MailBlock;

internal sealed record Link(string Label, string Url) : MailBlock;

/// <summary>In small print.</summary>
internal sealed record Note(string Text) : MailBlock;

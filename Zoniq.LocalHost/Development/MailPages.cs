using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Zoniq.LocalHost.Development;

/// <summary>The mails the app has sent, to read.</summary>
internal static class MailPages
{
    private const int MostListed = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/dev/mail", ListAsync);
        routes.MapGet("/dev/mail/{id}", ShowAsync);
        routes.MapGet("/dev/mail/{id}/attachments/{index:int}", AttachmentAsync);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var to = context.Request.Query["to"].ToString() is { Length: > 0 } address ? address : null;
        var mails = Folder(context).List(to).Take(MostListed).ToArray();
        if (DevAnswer.WantsJson(context.Request))
        {
            await DevAnswer.JsonAsync(context, mails.Select(Describe));
            return;
        }

        var rows = Html.All(mails.Select(mail => Html.Of(
            $"""
             <a class="row" href="/dev/mail/{mail.Id}"><span><b>{mail.Message.Subject}</b><br><span class="soft">{mail.Message.To}</span></span>
             <time>{mail.ReceivedAt:d MMM yyyy HH:mm:ss}</time></a>
             """)));
        await DevAnswer.PageAsync(context, "Mail", Html.Of(
            $"""
             <form><input name="to" type="email" placeholder="Only to this address" value="{to}"><button>Show</button></form>
             {(mails.Length == 0 ? Html.Of($"""<p class="soft">There is none yet.</p>""") : Html.Of($"""<div class="rows">{rows}</div>"""))}
             """));
    }

    private static async Task ShowAsync(HttpContext context)
    {
        if (Folder(context).Find((string)context.GetRouteValue("id")!) is not { } mail)
        {
            await DevAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "mail.not_found", "There is no such mail.");
            return;
        }

        if (DevAnswer.WantsJson(context.Request))
        {
            await DevAnswer.JsonAsync(context, Describe(mail));
            return;
        }

        var attachments = Html.All(Attachments(mail).Select(attachment => Html.Of($"""<dt>Attached</dt><dd><a href="{attachment.Url}">{attachment.Name}</a></dd>""")));

        // Shut in: what a mail contains can neither run nor see this page.
        var html = mail.Message.HtmlBody is { } body
            ? Html.Of($"""<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail" srcdoc="{"<base target=_blank>" + body}"></iframe>""")
            : default;
        await DevAnswer.PageAsync(context, mail.Message.Subject ?? "", Html.Of(
            $"""
             <div class="card"><dl>
             <dt>From</dt><dd>{mail.Message.From}</dd>
             <dt>To</dt><dd>{mail.Message.To}</dd>
             <dt>Came</dt><dd><time>{mail.ReceivedAt:d MMM yyyy HH:mm:ss} UTC</time></dd>
             {attachments}
             </dl></div>
             <h2>As a page</h2>
             {html}
             <h2>As text</h2>
             <pre>{mail.Message.TextBody}</pre>
             """));
    }

    private static async Task AttachmentAsync(HttpContext context)
    {
        var index = int.Parse((string)context.GetRouteValue("index")!);
        if (Folder(context).Find((string)context.GetRouteValue("id")!)?.Message.Attachments.ElementAtOrDefault(index) is not MimePart { Content: { } content } part)
        {
            await DevAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "mail.not_found", "There is no such attachment.");
            return;
        }

        var file = new MemoryStream();
        await content.DecodeToAsync(file, context.RequestAborted);
        file.Position = 0;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await Results.File(file, part.ContentType.MimeType, part.FileName ?? $"attachment-{index}").ExecuteAsync(context);
    }

    private static object Describe(MailFolder.Kept mail) => new
    {
        to = string.Join(", ", mail.Message.To.Mailboxes.Select(mailbox => mailbox.Address)),
        subject = mail.Message.Subject,
        text = mail.Message.TextBody,
        html = mail.Message.HtmlBody,
        receivedAt = mail.ReceivedAt.UtcDateTime,
        attachments = Attachments(mail),
        id = mail.Id,
    };

    private static Attachment[] Attachments(MailFolder.Kept mail) =>
        [.. mail.Message.Attachments.Select((part, index) => new Attachment(part.ContentDisposition?.FileName ?? $"attachment-{index}", $"/dev/mail/{mail.Id}/attachments/{index}"))];

    private static MailFolder Folder(HttpContext context) => context.RequestServices.GetRequiredService<MailFolder>();

    private sealed record Attachment(string Name, string Url);
}

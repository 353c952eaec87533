using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.LocalHost.Development;

/// <summary>The SMS the app has sent, to read.</summary>
internal static class SmsPages
{
    private const int MostListed = 200;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/dev/sms", ListAsync);

    private static async Task ListAsync(HttpContext context)
    {
        var to = context.Request.Query["to"].ToString() is { Length: > 0 } number ? number : null;
        var messages = context.RequestServices.GetRequiredService<SmsFolder>().List(to).Take(MostListed).ToArray();
        if (DevAnswer.WantsJson(context.Request))
        {
            await DevAnswer.JsonAsync(context, messages.Select(message => new { message.To, message.Text, receivedAt = message.ReceivedAt.UtcDateTime }));
            return;
        }

        var rows = Html.All(messages.Select(message => Html.Of(
            $"""<div class="row"><span><b>{message.Text}</b><br><span class="soft">{message.To}</span></span><time>{message.ReceivedAt:d MMM yyyy HH:mm:ss}</time></div>""")));
        await DevAnswer.PageAsync(context, "SMS", messages.Length == 0 ? Html.Of($"""<p class="soft">There is none yet.</p>""") : Html.Of($"""<div class="rows">{rows}</div>"""));
    }
}

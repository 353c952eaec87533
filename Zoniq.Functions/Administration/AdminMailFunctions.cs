using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class AdminMailFunctions(MailAdministration mails)
{
    /// <summary>Mails and what became of them, newest first.</summary>
    [Function("ListMails")]
    [Allow(Access.Admin)]
    public Task<AdminMailPage> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/mails")] HttpRequest request,
        [Query] MailFilter filter, [Query] PageRequest page, CancellationToken cancellationToken) =>
        mails.List(filter, page, cancellationToken);

    /// <summary>Sends a mail again that was given up.</summary>
    [Function("ResendMail")]
    [Allow(Access.Admin)]
    [Refuses("mail.not_found", "mail.not_dead", "mail.outdated")]
    public Task<Result<AdminMail>> Resend(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "api/admin/mails/{id:long:min(1)}/resend")] HttpRequest request,
        CurrentUser user, long id, CancellationToken cancellationToken) =>
        mails.Resend(user.Actor, id, cancellationToken);
}

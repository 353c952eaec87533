using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Notifications;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Notifications;

public sealed class NotificationPreferenceFunctions(NotificationPreferenceService preferences)
{
    /// <summary>Which mails one gets.</summary>
    [Function("GetNotificationPreferences")]
    public Task<NotificationPreferences> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/users/me/notifications/preferences")] HttpRequest request,
        CurrentUser user, CancellationToken cancellationToken) =>
        preferences.Get(user.Id, cancellationToken);

    /// <summary>Switches mails on or off; what is absent stays as it is.</summary>
    [Function("ChangeNotificationPreferences")]
    public Task<NotificationPreferences> Change(
        [HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "api/users/me/notifications/preferences")] HttpRequest request,
        [Body] ChangeNotificationPreferences change, CurrentUser user, CancellationToken cancellationToken) =>
        preferences.Change(user.Id, change, cancellationToken);
}

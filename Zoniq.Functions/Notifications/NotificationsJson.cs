using System.Text.Json.Serialization;
using Zoniq.Domain.Notifications;

namespace Zoniq.Functions.Notifications;

[JsonSerializable(typeof(ChangeNotificationPreferences))]
[JsonSerializable(typeof(NotificationPreferences))]
internal sealed partial class NotificationsJson : JsonSerializerContext;

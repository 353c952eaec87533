using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Tickets;

namespace Zoniq.Functions.Timers;

public sealed class EventReminderTimer(EventReminders reminders)
{
    /// <summary>Reminds people of the events of the next day that they have tickets for.</summary>
    [Function("EventReminder")]
    public Task Run([TimerTrigger("0 */15 * * * *")] TimerInfo timer, CancellationToken cancellationToken) =>
        reminders.Remind(cancellationToken);
}

using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Notifications;

namespace Zoniq.Domain.Bookings;

/// <summary>The services of this area.</summary>
public static class BookingsSetup
{
    public static void AddBookings(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(BookingPolicy.From(settings));
        services.AddSingleton<BookingService>();
        services.AddSingleton<CheckoutService>();
        services.AddSingleton<BookingCalendar>();
        services.AddSingleton<IAttachmentSource>(provider => provider.GetRequiredService<BookingCalendar>());
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Tickets;

public static class TicketsSetup
{
    public static void AddTickets(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(TicketSigningOptions.From(settings));
        services.AddSingleton<TicketSigner>();
        services.AddSingleton<TicketPdf>();
    }
}

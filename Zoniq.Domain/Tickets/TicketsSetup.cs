using Microsoft.Extensions.DependencyInjection;
using Zoniq.Domain.Notifications;

namespace Zoniq.Domain.Tickets;

public static class TicketsSetup
{
    public static void AddTickets(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(TicketSigningOptions.From(settings));
        services.AddSingleton<TicketSigner>();
        services.AddSingleton<TicketPdf>();
        services.AddSingleton<TicketPrinter>();
        services.AddSingleton<IAttachmentSource>(provider => provider.GetRequiredService<TicketPrinter>());
        services.AddSingleton<TicketService>();
        services.AddSingleton<EventReminders>();
        services.AddSingleton<TransferTokens>();
        services.AddSingleton<TransferService>();
        services.AddSingleton<TransferAnswers>();
        services.AddSingleton<TransferExpiry>();
        services.AddSingleton<TicketCodes>();
        services.AddSingleton<CheckIn>();
        services.AddSingleton<CheckInSync>();
        services.AddSingleton<CheckInUndo>();
        services.AddSingleton<CheckInCounts>();
        services.AddSingleton<GateManifests>();
    }
}

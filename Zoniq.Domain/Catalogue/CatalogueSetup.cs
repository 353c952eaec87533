using Microsoft.Extensions.DependencyInjection;

namespace Zoniq.Domain.Catalogue;

/// <summary>What an operator settles about the catalogue.</summary>
/// <param name="DefaultTimeZone">In which the dates of an event without a venue are read.</param>
public sealed record CatalogueOptions(TimeZoneInfo DefaultTimeZone);

/// <summary>The services of events and venues.</summary>
public static class CatalogueSetup
{
    public static void AddCatalogue(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(new CatalogueOptions(settings.DefaultTimeZone()));
        services.AddSingleton<EventCatalogue>();
        services.AddSingleton<WishlistService>();
        services.AddSingleton<EventAdministration>();
        services.AddSingleton<EventDuplication>();
        services.AddSingleton<AdminEventList>();
        services.AddSingleton<VenueAdministration>();
        services.AddSingleton<VenueList>();
        services.AddSingleton<ChangeVenue>();
        services.AddSingleton<EventCompletion>();
        services.AddSingleton<EventPopularity>();
        services.AddSingleton<PictureUploads>();
    }
}

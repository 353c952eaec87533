using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain;
using Zoniq.Domain.Catalogue;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Catalogue;

public sealed class EventFunctions(EventCatalogue catalogue)
{
    /// <summary>Events, by date or as asked for; with a search, by relevance.</summary>
    [Function("ListEvents")]
    [Limited(Limit.Search, OnlyWith = "search")]
    [Allow(Access.Anonymous)]
    [Cacheable(5)]
    public Task<EventPage> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events")] HttpRequest request,
        [Query] EventFilter filter, [Query] PageRequest page, CancellationToken cancellationToken) =>
        catalogue.List(filter, page, cancellationToken);

    /// <summary>Events that match the words, by relevance.</summary>
    [Function("SearchEvents")]
    [Limited(Limit.Search)]
    [Allow(Access.Anonymous)]
    [Cacheable(5)]
    public Task<EventPage> Search(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/search")] HttpRequest request,
        [Query] EventSearch search, [Query] PageRequest page, CancellationToken cancellationToken) =>
        catalogue.Search(search, page, cancellationToken);

    /// <summary>The next events, soonest first.</summary>
    [Function("ListUpcomingEvents")]
    [Allow(Access.Anonymous)]
    [Cacheable(5)]
    public Task<Event[]> Upcoming(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/upcoming")] HttpRequest request,
        [Query] UpcomingEvents wish, CancellationToken cancellationToken) =>
        catalogue.Upcoming(wish, cancellationToken);

    /// <summary>Those that lie ahead, the most popular first.</summary>
    [Function("ListTrendingEvents")]
    [Allow(Access.Anonymous)]
    [Cacheable(5)]
    public Task<Event[]> Trending(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/trending")] HttpRequest request,
        [Query] UpcomingEvents wish, CancellationToken cancellationToken) =>
        catalogue.Trending(wish, cancellationToken);

    /// <summary>The sorts of event that are offered for choosing.</summary>
    [Function("ListEventCategories")]
    [Allow(Access.Anonymous)]
    [Cacheable(3600)]
    public EventCategory[] Categories(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/categories")] HttpRequest request) =>
        catalogue.Categories;

    /// <summary>One event, by id or by slug.</summary>
    [Function("GetEvent")]
    [Allow(Access.Anonymous)]
    [Cacheable(5)]
    [Refuses("event.not_found")]
    public Task<Result<EventDetail>> Get(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/events/{idOrSlug:regex(^(?!search$|upcoming$|trending$|categories$).+$)}")] HttpRequest request,
        string idOrSlug, CancellationToken cancellationToken) =>
        catalogue.Get(idOrSlug, cancellationToken);
}

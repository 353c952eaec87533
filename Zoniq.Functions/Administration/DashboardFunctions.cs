using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Zoniq.Domain.Administration;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Administration;

public sealed class DashboardFunctions(Dashboard dashboard)
{
    /// <summary>The office at a glance.</summary>
    [Function("GetDashboardOverview")]
    [Allow(Access.Admin)]
    public Task<DashboardOverview> Overview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/dashboard/overview")] HttpRequest request,
        CancellationToken cancellationToken) =>
        dashboard.Overview(cancellationToken);

    /// <summary>Revenue and bookings of every day of a period.</summary>
    [Function("GetRevenueChart")]
    [Allow(Access.Admin)]
    public Task<RevenueChart> RevenueChart(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/dashboard/revenue-chart")] HttpRequest request,
        [Query] ChartFilter filter, CancellationToken cancellationToken) =>
        dashboard.RevenueChart(filter, cancellationToken);

    /// <summary>The newest bookings, whatever their status.</summary>
    [Function("GetRecentBookings")]
    [Allow(Access.Admin)]
    public Task<RecentBookings> RecentBookings(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/dashboard/recent-bookings")] HttpRequest request,
        [Query] RecentFilter filter, CancellationToken cancellationToken) =>
        dashboard.RecentBookings(filter, cancellationToken);

    /// <summary>The next events and how they sell.</summary>
    [Function("GetUpcomingEvents")]
    [Allow(Access.Admin)]
    public Task<NextEvents> UpcomingEvents(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/admin/dashboard/upcoming-events")] HttpRequest request,
        [Query] NextEventsFilter filter, CancellationToken cancellationToken) =>
        dashboard.UpcomingEvents(filter, cancellationToken);
}

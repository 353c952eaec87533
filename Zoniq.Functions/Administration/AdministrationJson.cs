using System.Text.Json.Serialization;
using Zoniq.Domain.Administration;

namespace Zoniq.Functions.Administration;

[JsonSerializable(typeof(BlockUser))]
[JsonSerializable(typeof(AdminUser))]
[JsonSerializable(typeof(UserPage))]
[JsonSerializable(typeof(UserStats))]
[JsonSerializable(typeof(AdminBookingPage))]
[JsonSerializable(typeof(AdminBookingDetail))]
[JsonSerializable(typeof(AttendeePage))]
[JsonSerializable(typeof(EventSalesAnswer))]
[JsonSerializable(typeof(AdminPaymentPage))]
[JsonSerializable(typeof(BookingStats))]
[JsonSerializable(typeof(SalesAnalytics))]
[JsonSerializable(typeof(TopEvents))]
[JsonSerializable(typeof(AdminMail))]
[JsonSerializable(typeof(AdminMailPage))]
[JsonSerializable(typeof(LogPage))]
[JsonSerializable(typeof(CreatePromoCode))]
[JsonSerializable(typeof(PatchPromoCode))]
[JsonSerializable(typeof(PromoCode))]
[JsonSerializable(typeof(PromoCodePage))]
[JsonSerializable(typeof(DashboardOverview))]
[JsonSerializable(typeof(RevenueChart))]
[JsonSerializable(typeof(RecentBookings))]
[JsonSerializable(typeof(NextEvents))]
internal sealed partial class AdministrationJson : JsonSerializerContext;

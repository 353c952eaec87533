using System.ComponentModel.DataAnnotations;
using Zoniq.Domain.Catalogue;
using Zoniq.Domain.Payments;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>A payment, and whose it is.</summary>
public sealed record AdminPayment : Payment
{
    public string BookingNumber { get; init; } = "";

    public long EventId { get; init; }

    public long UserId { get; init; }

    public string UserEmail { get; init; } = "";
}

/// <summary>Which payments to list; days are those of their making.</summary>
public sealed record PaymentFilter : DayFilter
{
    [AllowedValues(
        null, "created", "authorized", "captured", "partially_refunded", "refunded", "failed",
        ErrorMessage = "must be created, authorized, captured, partially_refunded, refunded or failed.")]
    public string? Status { get; init; }

    [Range(1, long.MaxValue)]
    public long? BookingId { get; init; }

    [Range(1, long.MaxValue)]
    public long? EventId { get; init; }

    [Range(1, long.MaxValue)]
    public long? UserId { get; init; }

    /// <summary>An id of the gateway's (order, payment or refund) or a booking number, or a part of one.</summary>
    [StringLength(100)]
    public string? Search { get; init; }
}

/// <summary>One page of payments, newest first.</summary>
public sealed record AdminPaymentPage(AdminPayment[] Payments, long Total, int Page, int PageSize);

/// <summary>Every payment, for administrators.</summary>
public sealed class PaymentAdministration(Database database, CatalogueOptions options)
{
    private const string Payments =
        """
        from   payment
        join   booking on booking.id = payment.booking_id
        """;

    private const string Shown =
        $"""
        select payment.*,
               booking.booking_number,
               booking.event_id,
               booking.account_id as user_id,
               account.email as user_email
        {Payments}
        join   account on account.id = booking.account_id
        """;

    /// <summary>Newest first, with their refunds.</summary>
    public async Task<AdminPaymentPage> List(PaymentFilter filter, PageRequest page, CancellationToken cancellationToken)
    {
        var search = SearchText.Of(filter.Search);
        var where = Where(filter, search);
        var from = filter.EventId is null && filter.UserId is null && search is null ? "from payment" : Payments;

        await using var db = await database.SnapshotAsync(cancellationToken);
        await using var read = await db.QueryMultipleAsync(
            $"""
            select count(*)
            {from}
            {where};

            {Shown}
            where    payment.id in (
                select   payment.id
                {from}
                {where}
                order by payment.id desc
                offset   @Offset
                limit    @Size)    -- whose they are is read of this page only, not of all before it
            order by payment.id desc
            """,
            Parameters(filter, search, page));

        var total = await read.ReadSingleAsync<long>();
        AdminPayment[] payments = [.. await read.ReadAsync<AdminPayment>()];
        var refunds = (await RefundsOf(db, payments)).ToLookup(refund => refund.PaymentId);
        return new AdminPaymentPage(
            [.. payments.Select(payment => payment with { Refunds = [.. refunds[payment.Id]] })], total, page.Number, page.Size);
    }

    /// <summary>All that the filter lets through, in the same order, without the single refunds.</summary>
    public IAsyncEnumerable<AdminPayment> All(PaymentFilter filter, CancellationToken cancellationToken)
    {
        var search = SearchText.Of(filter.Search);
        return database.StreamAsync<AdminPayment>(
            $"""
            {Shown}
            {Where(filter, search)}
            order by payment.id desc
            """,
            Parameters(filter, search, default),
            cancellationToken);
    }

    private static Task<Refund[]> RefundsOf(Session db, AdminPayment[] payments) => db.QueryAsync<Refund>(
        """
        select   *
        from     refund
        where    payment_id = any(@ids)
        order by id
        """,
        new { ids = payments.Select(payment => payment.Id).ToArray() });

    private static Conditions Where(PaymentFilter filter, SearchText? search) => new Conditions()
        .When(filter.Status is not null, "payment.status = @Status")
        .When(filter.BookingId is not null, "payment.booking_id = @BookingId")
        .When(filter.EventId is not null, "booking.event_id = @EventId")
        .When(filter.UserId is not null, "booking.account_id = @UserId")
        .When(filter.DateFrom is not null, "payment.created_at >= @From")
        .When(filter.DateTo is not null, "payment.created_at < @Until")
        .When(search?.BookingNumber is not null, "booking.booking_number = @BookingNumber")
        .When(
            search?.GatewayId is not null,
            """
            payment.id in (
                select id
                from   payment
                where  razorpay_payment_id = @GatewayId
                union all
                select payment.id
                from   gateway_order
                join   payment on payment.booking_id = gateway_order.booking_id
                where  gateway_order.razorpay_order_id = @GatewayId
                union all
                select payment_id
                from   refund
                where  razorpay_refund_id = @GatewayId)
            """)
        .When(
            search is { BookingNumber: null, GatewayId: null },
            """
            (strpos(lower(payment.razorpay_order_id), @Part) > 0
             or strpos(lower(payment.razorpay_payment_id), @Part) > 0
             or strpos(booking.booking_number, @NumberPart) > 0
             or payment.id in (select payment_id from refund where strpos(lower(razorpay_refund_id), @Part) > 0))
            """);

    private object Parameters(PaymentFilter filter, SearchText? search, PageRequest page)
    {
        var days = Days.Between(filter.DateFrom, filter.DateTo, options.DefaultTimeZone);
        return new
        {
            filter.Status,
            filter.BookingId,
            filter.EventId,
            filter.UserId,
            days.From,
            days.Until,
            search?.BookingNumber,
            search?.GatewayId,
            search?.NumberPart,
            search?.Part,
            page.Offset,
            page.Size,
        };
    }
}

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Administration;

/// <summary>Everything that is held about a person, for themselves.</summary>
public sealed class PersonalData(Database database, TimeProvider clock)
{
    // One statement sees one moment. Members are named as in the other answers, and amounts are rupees or paise as there; what opens something, and what is only of use to machines, is
    // left out.
    private const string Sql =
        """
        with me as (
            select * from account where id = @accountId
        ),
        my_booking as (
            select * from booking where account_id = @accountId
        ),
        my_payment as (
            select payment.* from payment join my_booking on my_booking.id = payment.booking_id
        )
        select jsonb_build_object(
            'generatedAt', @now,
            'profile', (
                select jsonb_build_object(
                    'id', id, 'username', username, 'email', email, 'phone', phone, 'fullName', full_name, 'role', role, 'isVerified', claimed_email is null, 'isPhoneVerified', is_phone_verified,
                    'isBlocked', is_blocked, 'blockedReason', blocked_reason, 'unprovenEmail', claimed_email, 'lastLoginAt', last_login_at, 'createdAt', created_at, 'updatedAt', updated_at)
                from me),
            'bookings', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', my_booking.id, 'bookingNumber', booking_number, 'eventId', event_id, 'eventTitle', event.title, 'status', my_booking.status, 'paymentStatus', payment_status,
                    'totalAmount', round(total_amount / 100.0, 2), 'discountAmount', round(discount_amount / 100.0, 2), 'finalAmount', round(final_amount / 100.0, 2), 'promoCode', promo_code, 'contactEmail', contact_email,
                    'contactPhone', contact_phone, 'cancelledAt', my_booking.cancelled_at, 'cancellationReason', my_booking.cancellation_reason, 'createdAt', my_booking.created_at) order by my_booking.id), '[]')
                from my_booking join event on event.id = my_booking.event_id),
            'tickets', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', ticket.id, 'bookingId', ticket.booking_id, 'ticketNumber', ticket_number, 'isBuyer', my_booking.id is not null, 'isHolder', holder_id = @accountId, 'price', round(price / 100.0, 2),
                    'status', ticket.status, 'usedAt', used_at, 'createdAt', ticket.created_at) order by ticket.id), '[]')
                from ticket left join my_booking on my_booking.id = ticket.booking_id
                where ticket.id in (
                    select id from ticket where holder_id = @accountId
                    union
                    select ticket.id from my_booking join ticket on ticket.booking_id = my_booking.id)),
            'transfers', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', ticket_transfer.id, 'ticketId', ticket_id, 'direction', case when from_account = @accountId then 'sent' else 'received' end, 'toEmail', to_email, 'message', message,
                    'status', ticket_transfer.status, 'createdAt', ticket_transfer.created_at, 'expiresAt', expires_at, 'endedAt', ended_at) order by ticket_transfer.id), '[]')
                from ticket_transfer
                where from_account = @accountId or to_account = @accountId or (to_email = (select email from me) and to_account is null)),
            'payments', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', id, 'bookingId', booking_id, 'razorpayOrderId', razorpay_order_id, 'razorpayPaymentId', razorpay_payment_id, 'amount', amount, 'amountRefunded', amount_refunded,
                    'status', status, 'method', method, 'errorCode', error_code, 'errorDescription', error_description, 'createdAt', created_at, 'paidAt', paid_at) order by id), '[]')
                from my_payment),
            'refunds', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', refund.id, 'paymentId', payment_id, 'razorpayRefundId', razorpay_refund_id, 'amount', refund.amount, 'status', refund.status, 'reason', reason,
                    'requestedBy', requested_by, 'createdAt', refund.created_at, 'processedAt', processed_at) order by refund.id), '[]')
                from refund join my_payment on my_payment.id = refund.payment_id),
            'carts', (
                select coalesce(jsonb_agg(jsonb_build_object(
                    'id', cart.id, 'eventId', event_id, 'status', cart.status, 'expiresAt', expires_at, 'createdAt', cart.created_at,
                    'items', (select coalesce(jsonb_agg(jsonb_build_object('seatCategoryId', category_id, 'quantity', quantity, 'unitPrice', round(unit_price / 100.0, 2))), '[]') from cart_item where cart_id = cart.id)) order by cart.id), '[]')
                from cart where account_id = @accountId),
            'wishlist', (
                select coalesce(jsonb_agg(jsonb_build_object('eventId', event_id, 'createdAt', created_at) order by id), '[]')
                from wishlist_item where account_id = @accountId),
            'waitlist', (
                select coalesce(jsonb_agg(jsonb_build_object('eventId', event_id, 'seatCategoryId', category_id, 'quantity', quantity, 'status', status, 'createdAt', created_at) order by id), '[]')
                from waitlist_entry where account_id = @accountId),
            'queueEntries', (
                select coalesce(jsonb_agg(jsonb_build_object('queueEntryId', public_id, 'eventId', event_id, 'status', status, 'queueNumber', number, 'joinedAt', joined_at, 'endedAt', ended_at) order by id), '[]')
                from queue_entry where account_id = @accountId),
            'notificationPreferences', (
                select jsonb_build_object(
                    'emailBookingConfirmation', coalesce(email_booking_confirmation, true), 'emailPaymentUpdates', coalesce(email_payment_updates, true),
                    'emailTicketDelivery', coalesce(email_ticket_delivery, true), 'emailEventReminders', coalesce(email_event_reminders, true),
                    'emailEventUpdates', coalesce(email_event_updates, true), 'emailTransferNotifications', coalesce(email_transfer_notifications, true),
                    'emailMarketing', coalesce(email_marketing, false), 'createdAt', preference.created_at, 'updatedAt', preference.updated_at)
                from me left join notification_preference as preference on preference.account_id = me.id),
            'adminActions', (
                select coalesce(jsonb_agg(jsonb_build_object('id', id, 'action', action, 'entityType', entity_type, 'entityId', entity_id, 'ipAddress', ip_address, 'createdAt', created_at) order by id), '[]')
                from admin_log where admin_id = @accountId),
            'mails', (
                select coalesce(jsonb_agg(jsonb_build_object('template', template, 'recipient', recipient, 'status', status, 'createdAt', created_at, 'sentAt', sent_at) order by id), '[]')
                from mail where account_id = @accountId or lower(recipient) = (select email from me)))::text
        """;

    private static readonly InstantConverter Moments = new();
    private static readonly JsonWriterOptions Layout = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One JSON file, as it all stood at one moment; without hashes, codes and tokens.</summary>
    public async Task<Document> Export(long accountId, CancellationToken cancellationToken)
    {
        await using var db = await database.OpenAsync(cancellationToken);
        var json = await db.QuerySingleAsync<string>(Sql, new { accountId, now = clock.GetUtcNow() });
        return new Document(Rewritten(Encoding.UTF8.GetBytes(json)), "application/json", $"zoniq-export-{accountId}.json");
    }

    /// <summary>To be read by people, and with moments written as everywhere: PostgreSQL writes them in another way.</summary>
    private static byte[] Rewritten(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        var written = new ArrayBufferWriter<byte>(json.Length * 2);
        using var writer = new Utf8JsonWriter(written, Layout);
        var isMoment = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    var name = reader.GetString()!;
                    isMoment = name.EndsWith("At", StringComparison.Ordinal);
                    writer.WritePropertyName(name);
                    break;
                case JsonTokenType.String when isMoment:
                    Moments.Write(writer, reader.GetDateTimeOffset(), JsonSerializerOptions.Default);
                    break;
                case JsonTokenType.String:
                    writer.WriteStringValue(reader.GetString());
                    break;
                case JsonTokenType.StartObject:
                    writer.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    writer.WriteEndObject();
                    break;
                case JsonTokenType.StartArray:
                    writer.WriteStartArray();
                    break;
                case JsonTokenType.EndArray:
                    writer.WriteEndArray();
                    break;
                default:
                    writer.WriteRawValue(reader.ValueSpan);    // a number with its decimals, true, false or null
                    break;
            }
        }

        writer.Flush();
        return written.WrittenSpan.ToArray();
    }
}

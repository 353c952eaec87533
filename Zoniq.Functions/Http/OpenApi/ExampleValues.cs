using System.Text.Json.Nodes;

namespace Zoniq.Functions.Http.OpenApi;

/// <summary>
/// What properties hold in examples: all of one purchase by one customer. A name may begin with a part of the record's name
/// (<c>Booking/status</c>), which then counts before the name alone; an <c>example</c> above the property in the source counts before both.
/// </summary>
internal static class ExampleValues
{
    private static readonly JsonObject Values = JsonNode.Parse(
        """
        {
          "id": 42, "eventId": 7, "venueId": 3, "categoryId": 12, "seatCategoryId": 12, "seatId": 101, "bookingId": 42, "userId": 5, "adminId": 1,
          "createdBy": 1, "ticketId": 201, "paymentId": 31, "refundId": 9, "entityId": 7, "Ticket/id": 201, "BookingItem/id": 201, "CartItem/id": 61, "Seat/id": 101, "Category/id": 12,
          "Venue/id": 3, "Event/id": 7, "User/id": 5, "Account/id": 5, "Profile/id": 5, "Customer/id": 5, "BookedEvent/id": 7, "BookedFor/id": 7, "Payment/id": 31, "Refund/id": 9,
          "CountingPayment/paymentId": "pay_NXhj67fGH2jk9a", "seatIds": [101, 102], "removedSeatIds": [],

          "username": "asha.rao", "email": "asha@example.in", "userEmail": "asha@example.in", "contactEmail": "asha@example.in", "phone": "+919820012345",
          "userPhone": "+919820012345", "contactPhone": "+919820012345", "fullName": "Asha Rao", "userName": "Asha Rao", "holderName": "Asha Rao",
          "password": "a long pass phrase", "newPassword": "another long pass phrase", "code": "482913", "emailOtpCode": "482913", "role": "user",
          "token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI1In0.c2lnbmF0dXJl", "isBlocked": false, "blockedReason": null, "adminUsername": "meera",
          "expiresInSeconds": 600,

          "title": "An Evening of Sitar", "eventTitle": "An Evening of Sitar", "slug": "an-evening-of-sitar", "shortDescription": "Ragas of the night, with tabla.",
          "description": "Two hours of ragas, from Bhairavi to Yaman.", "termsAndConditions": "No re-entry after the interval.", "category": "concert",
          "value": "concert", "label": "Concert", "organizerName": "Sangeet Sabha", "organizerContact": "office@sangeet.example", "extraData": {"doorsOpen": "18:00"},
          "bannerImageUrl": "https://images.example.in/sitar-banner.webp", "thumbnailImageUrl": "https://images.example.in/sitar.webp",
          "UploadedPicture/url": "https://images.example.in/uploads/9f86d081884c7d659a2feaa0c55ad015.webp",
          "thumbnailUrl": "https://images.example.in/uploads/9f86d081884c7d659a2feaa0c55ad015-thumb.webp",
          "eventImage": "https://images.example.in/sitar.webp", "queueEnabled": false, "queueBatchSize": 50, "queueProcessingMinutes": 10,
          "maxTicketsPerBooking": 10, "isSoldOut": false, "refundPolicy": {"type": "full_until", "hoursBeforeEvent": 24, "percent": 100},
          "type": "full_until", "hoursBeforeEvent": 24, "percent": 100,

          "name": "Shanmukhananda Hall", "Category/name": "Stalls", "venueName": "Shanmukhananda Hall", "categoryName": "Stalls", "city": "Mumbai",
          "venueCity": "Mumbai", "state": "Maharashtra", "country": "India", "pincode": "400022", "address": "292, Comrade Harbanslal Marg, Sion East",
          "capacity": 2763, "timeZone": "Asia/Kolkata", "seatMapConfig": {"stage": "north"}, "colorCode": "#3B82F6", "categoryColor": "#3B82F6",
          "Category/description": "Ground floor, numbered seats.", "seatingType": "assigned", "displayOrder": 1, "section": "Floor", "rowName": "A", "seatNumber": "12", "seatLabel": "Floor-A12",
          "seatsPerRow": 20, "rows": ["A", "B", "C", "D"], "positionX": 11, "positionY": 0, "totalSeats": 80, "availableSeats": 78, "version": 318,
          "available": 78, "locked": 0, "booked": 2, "blocked": 0,

          "eventDate": "2026-11-28T13:30:00Z", "eventEndDate": "2026-11-28T15:30:00Z", "bookingStartDate": "2026-11-01T04:30:00Z", "bookingEndDate": "2026-11-28T12:30:00Z",
          "createdAt": "2026-11-14T09:12:30Z", "updatedAt": "2026-11-14T09:14:05Z", "publishedAt": "2026-10-30T10:00:00Z", "expiresAt": "2026-11-14T09:27:30Z",
          "lockedUntil": "2026-11-14T09:19:30Z", "paidAt": "2026-11-14T09:14:05Z", "processedAt": "2026-11-16T11:00:00Z", "lastLoginAt": "2026-11-14T09:10:00Z",
          "paymentDueAt": null, "cancelledAt": null, "cancellationReason": null, "usedAt": null, "date": "2026-11-14",

          "bookingNumber": "ZNQ-20261114-7K3M9Q", "ticketNumber": "TKT-7K3M9QXA", "quantity": 2, "count": 2, "itemCount": 2, "ticketCount": 2,
          "price": 1500.00, "unitPrice": 1500.00, "minPrice": 1500.00, "maxPrice": 1500.00, "subtotal": 3000.00, "Cart/total": 3000.00, "totalAmount": 3000.00,
          "discountAmount": 0.00, "finalAmount": 3000.00, "refundableAmount": 3000.00, "amount": 3000.00, "revenue": 3000.00, "totalRevenue": 3000.00, "averageOrderValue": 3000.00,
          "promoCode": null, "promoCodeUsed": null, "isWaitlistOffer": false, "isUsed": false, "isTransferred": false, "errors": [], "warnings": [],
          "qrPayload": "ZQ1.Xy3kP0aQ.201.7.1.c2lnbmF0dXJlLW9mLXRoaXMtdGlja2V0", "reason": "Cannot come that day.",

          "Payment/amount": 300000, "Refund/amount": 300000, "CountingPayment/amount": 300000, "amountRefunded": 0, "currency": "INR", "method": "upi",
          "razorpayOrderId": "order_NXhiQ3xTq6YwPz", "orderId": "order_NXhiQ3xTq6YwPz", "razorpayPaymentId": "pay_NXhj67fGH2jk9a",
          "razorpayRefundId": "rfnd_NXk2LmPq81sTvb", "razorpaySignature": "9ef4dffbfd84f1318f6739a3ce19f9d85851857ae648f114332d8401e0949a3d",
          "keyId": "rzp_test_1DP5mmOlF5G5ag", "errorCode": null, "errorDescription": null, "speed": "normal", "requestedBy": "user", "refunds": [],

          "status": "confirmed", "bookingStatus": "confirmed", "paymentStatus": "paid", "Refund/status": "processed", "Payment/status": "captured", "Ticket/status": "valid",
          "Seat/status": "available", "Cart/status": "active", "Booking/status": "confirmed", "Event/status": "published", "Liveness/status": "live", "WebhookReceipt/status": "ok", "Readiness/status": "ready",
          "database": "ok", "storage": "off", "realtime": "ok",

          "gate": "North", "deviceId": "handheld-7", "scanId": "6f1c9a3e-2b7d-4e58-9c40-d1a7f0b35e12", "scannedAt": "2026-11-28T12:55:10Z", "lastScanAt": "2026-11-28T12:55:10Z",
          "MarkUsed/ticketNumber": null, "OfflineScan/ticketNumber": null, "CheckedIn/usedAt": "2026-11-28T12:55:10Z", "SyncedScan/usedAt": "2026-11-28T12:55:10Z", "result": "accepted",
          "CheckedIn/message": "Ticket marked as used", "SyncedScan/message": "Entered.", "UndoCheckIn/reason": "The wrong person was scanned.",
          "SyncedScans/accepted": 1, "SyncedScans/duplicate": 0, "SyncedScans/conflict": 0, "SyncedScans/invalid": 0, "SyncedScans/revoked": 0, "GateCount/refused": 0,
          "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "Xy3kP0aQ", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
          "numberHash": "Yk0t9wq3sXo1bV7cR2nD4g", "revocations": "eyJhbGciOiJFUzI1NiIsImtpZCI6Ilh5M2tQMGFRIn0.eyJldmVudElkIjo3LCJ2ZXJzaW9uIjozMTgsInJldm9rZWQiOltdfQ.c2lnbmF0dXJl",

          "message": "Done", "CodeSent/message": "Verification code sent to your email", "SeatsCreated/message": "80 seats created successfully", "SeatsCreated/count": 80,
          "PaymentVerification/message": "Payment verified successfully", "page": 1, "pageSize": 20, "total": 1, "period": "7d",
          "usersPercent": 12.5, "bookingsPercent": 8.3, "revenuePercent": 10.4, "cancelled": 0, "pending": 0, "expired": 0, "refunded": 0, "draft": 0, "checkedIn": 0,
          "blockedUsers": 0, "emailMarketing": false, "BlockUser/reason": "Resells tickets.", "CancelEvent/reason": "The artist is ill.",
          "action": "publish_event", "entityType": "event", "details": {"status": {"before": "draft", "after": "published"}}, "summary": "meera published event 7: status from draft to published.", "ipAddress": "203.0.113.9", "clearFields": [],
          "QueueEntry/status": "waiting", "position": 128, "totalAhead": 127, "queueNumber": 1128, "servingNumber": 1000, "estimatedWaitMinutes": 13, "joinedAt": "2026-11-14T09:10:00Z",
          "QueueEntry/expiresAt": null, "canProceed": false, "QueueStatus/queueEnabled": true, "QueueOverview/queueEnabled": true, "totalInQueue": 540, "currentlyProcessing": 50, "ratePerMinute": 10.00, "isPaused": false, "isDraining": false,
          "batchSize": 50, "processingMinutes": 10, "waiting": 490, "processing": 50, "completed": 870, "QueueOverview/expired": 70, "left": 12,
          "Fairness/state": "revealed", "commitment": "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925", "seed": "0000000000000000000000000000000000000000000000000000000000000000",
          "committedAt": "2026-10-30T10:00:00Z", "openedAt": "2026-11-01T04:30:02Z", "entrantCount": 8412, "entrantsHash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "algorithm": "HMAC-SHA256(seed, queueEntryId)",
          "Transfer/id": 17, "transferId": 17, "fromEmail": "asha@example.in", "toEmail": "ravi@example.in", "direction": "sent", "Transfer/status": "completed",
          "OfferTicket/message": "See you there!", "Transfer/message": "See you there!", "OfferedTicket/message": "Ticket transfer initiated", "ClaimedTicket/message": "Ticket claimed successfully",
          "transferToken": "b2ZmZXJlZC10aWNrZXQtc2VjcmV0LXRva2VuLWV4YW1wbGU", "transferredAt": "2026-11-14T11:40:00Z", "Transfer/expiresAt": "2026-11-15T09:12:30Z", "OfferedTicket/expiresAt": "2026-11-15T09:12:30Z",
          "Mail/id": 1204, "template": "booking_confirmed", "recipient": "asha@example.in", "Mail/status": "dead", "attempts": 12, "lastError": "SMTP 451 SenderNotAccepted", "sentAt": null, "nextAttemptAt": null,
          "PromoCode/code": "MONSOON-10", "ApplyPromo/code": "MONSOON-10", "PromoCode/kind": "percent", "PromoCode/value": 10, "PromoCode/eventId": null, "PromoCode/maxUses": 500,
          "perUserLimit": 2, "startsAt": "2026-11-01T04:30:00Z", "endsAt": "2026-11-28T12:30:00Z", "minAmount": 1000.00, "usedCount": 128,
          "url": "https://zoniq.service.signalr.net/client/?hub=zoniq", "accessToken": "eyJhbGciOiJIUzI1NiJ9.eyJuYW1laWQiOiI1In0.c2lnbmF0dXJl", "connectionId": "uT3kV0WbQ2mJc8sYx1dPzg"
        }
        """)!.AsObject();

    private static readonly (string Part, string Property, JsonNode? Value)[] OfRecords =
    [
        .. Values.Where(value => value.Key.Contains('/')).Select(value => (value.Key.Split('/')[0], value.Key.Split('/')[1], value.Value))
            .OrderByDescending(value => value.Item1.Length),
    ];

    /// <summary>The values to try, the likeliest first.</summary>
    public static IEnumerable<JsonNode?> For(string record, string property) =>
    [
        .. OfRecords.Where(value => value.Property == property && record.Contains(value.Part, StringComparison.Ordinal)).Select(value => value.Value?.DeepClone()),
        .. Values.TryGetPropertyValue(property, out var usual) ? [usual?.DeepClone()] : Array.Empty<JsonNode?>(),
    ];
}

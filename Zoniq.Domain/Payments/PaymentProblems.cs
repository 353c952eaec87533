namespace Zoniq.Domain.Payments;

/// <summary>Why a payment says no.</summary>
public static class PaymentProblems
{
    public static readonly Problem NotFound = new("payment.not_found", ProblemKind.NotFound, "There is no such payment.");

    public static readonly Problem OrderNotFound = new("payment.order_not_found", ProblemKind.NotFound, "You have no such payment order.");

    public static readonly Problem SignatureInvalid =
        new("payment.signature_invalid", ProblemKind.WrongProof, "The payment could not be verified; nothing was changed.");

    public static readonly Problem Mismatch =
        new("payment.mismatch", ProblemKind.Conflict, "The payment does not fit this booking; if money was taken, please contact us.");

    public static readonly Problem NotSuccessful =
        new("payment.not_successful", ProblemKind.Conflict, "The payment did not go through; you can try again.");

    public static readonly Problem WebhookSignatureInvalid =
        new("webhook.signature_invalid", ProblemKind.WrongProof, "The webhook's signature does not match its body.");

    public static readonly Problem WebhookMalformed =
        new("request.malformed_json", ProblemKind.Unreadable, "The webhook's body is not an event.");

    public static readonly Problem WebhookNotConfigured =
        new("webhook.not_configured", ProblemKind.Unavailable, "No webhook secret is set.");

    private static readonly Problem Returned =
        new("payment.late_refunded", ProblemKind.Conflict, "The payment came too late for this booking; the whole amount is on its way back to you.");

    /// <summary>The member <c>refund</c> is the refund.</summary>
    public static Problem LateRefunded(Refund? refund) => Returned.With("refund", refund);
}

using Microsoft.AspNetCore.Http;

namespace Zoniq.LocalHost.Razorpay;

/// <summary>What is given back in the dashboard.</summary>
/// <param name="Amount">In paise; all that is left if absent.</param>
internal sealed record DashboardRefund(long? Amount = null);

/// <summary>What the provider's own people, its banks and its machines do: give money back, refuse it, fail.</summary>
internal static class SandboxDashboard
{
    public static Task ShowFaults(HttpContext context, RazorpaySandbox sandbox) => WriteFaults(context, sandbox);

    public static async Task SwitchFaults(HttpContext context, RazorpaySandbox sandbox)
    {
        var (switches, error) = await SandboxPages.Read(context, FaultJson.Default.FaultSwitches, whenEmpty: FaultSwitches.None);
        error ??= sandbox.Switch(switches!);
        await (error is null ? WriteFaults(context, sandbox) : SandboxApi.Write(context, SandboxReply.Of(error)));
    }

    public static Task SwitchOffFaults(HttpContext context, RazorpaySandbox sandbox)
    {
        sandbox.Faults = SandboxFaults.None;
        return WriteFaults(context, sandbox);
    }

    public static async Task Refund(HttpContext context, RazorpaySandbox sandbox)
    {
        var (refund, error) = await SandboxPages.Read(context, SandboxJson.Default.DashboardRefund, whenEmpty: new DashboardRefund());
        await SandboxApi.Write(context, error is null
            ? SandboxReply.Of(sandbox.RefundInDashboard(SandboxPages.Route(context, "paymentId"), refund!.Amount), SandboxJson.Default.SandboxRefund)
            : SandboxReply.Of(error));
    }

    public static Task FailRefund(HttpContext context, RazorpaySandbox sandbox) =>
        SandboxApi.Write(context, SandboxReply.Of(sandbox.FailRefund(SandboxPages.Route(context, "refundId")), SandboxJson.Default.SandboxRefund));

    private static Task WriteFaults(HttpContext context, RazorpaySandbox sandbox)
    {
        var switches = sandbox.Faults.Switches;
        return SandboxApi.Write(context, SandboxReply.Ok(new FaultOverview(switches.Seed, switches.Faults, FaultKind.All), FaultJson.Default.FaultOverview));
    }
}

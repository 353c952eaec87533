namespace Zoniq.LocalHost.Realtime;

/// <summary>
/// This instance's SignalR service as if it were down: nothing that functions return is sent, nobody new is connected, and its health says so. Switched at
/// <c>/dev/live/outage</c>, to see that nothing depends on it.
/// </summary>
internal sealed class LiveOutage
{
    private volatile bool isOn;

    public bool IsOn
    {
        get => isOn;
        set => isOn = value;
    }
}

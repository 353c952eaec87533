using Zoniq.Domain.Notifications;

namespace Zoniq.LocalHost.Development;

/// <summary>Puts SMS into a folder, where a person can read them.</summary>
internal sealed class FolderSmsSender(SmsFolder folder, TimeProvider clock) : ISmsSender
{
    public async Task<SmsOutcome> SendCodeAsync(string number, string code, CancellationToken cancellationToken)
    {
        await folder.KeepAsync(new($"+{number}", $"{code} is your ZONIQ verification code. It is valid for 10 minutes.", clock.GetUtcNow()), cancellationToken);
        return SmsOutcome.Taken;
    }
}

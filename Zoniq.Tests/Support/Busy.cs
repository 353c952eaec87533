namespace Zoniq.Tests.Support;

/// <summary>A service that is busy says so and when to come back; a test about who wins comes back.</summary>
internal static class Busy
{
    private const int Most = 20;

    /// <summary>The first answer that is one.</summary>
    public static async Task<Answer> Retried(Func<Task<Answer>> asking)
    {
        for (var times = 1; ; times++)
        {
            var answer = await asking();
            if (answer.Code != "service.unavailable" || times == Most)
            {
                return answer;
            }

            Assert.NotNull(answer.Headers.RetryAfter);
        }
    }
}

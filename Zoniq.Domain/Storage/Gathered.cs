namespace Zoniq.Domain.Storage;

/// <summary>
/// Group commit: those who ask about the same thing at the same time share one round trip. Whoever asks alone is served at once; whoever comes while
/// others are being served goes with the next, so that no answer is older than its question.
/// </summary>
/// <param name="most">How many are served at a time.</param>
/// <param name="serve">Answers all of them, in their order; is not cancelled, for it belongs to nobody alone.</param>
public sealed class Gathered<TKey, TAsk, TAnswer>(int most, Func<TKey, TAsk[], Task<TAnswer[]>> serve)
    where TKey : notnull
{
    private readonly Lock gate = new();

    /// <summary>Who waits, by what they ask about; a key is here as long as somebody is being served.</summary>
    private readonly Dictionary<TKey, Queue<Asking>> lanes = [];

    /// <summary>The answer, or what failed for those who were served together. Who gives up before being served is left out.</summary>
    public Task<TAnswer> AskAsync(TKey key, TAsk ask, CancellationToken cancellationToken)
    {
        var mine = new Asking(ask, cancellationToken);
        bool isFirst;
        lock (gate)
        {
            isFirst = !lanes.TryGetValue(key, out var lane);
            (lane ?? (lanes[key] = new())).Enqueue(mine);
        }

        if (isFirst)
        {
            _ = ServeAsync(key);
        }

        return mine.Answer.Task.WaitAsync(cancellationToken);
    }

    private async Task ServeAsync(TKey key)
    {
        while (Next(key) is { } together)
        {
            if (together.Length == 0)
            {
                continue;
            }

            try
            {
                var answers = await serve(key, [.. together.Select(asking => asking.Ask)]).ConfigureAwait(false);
                for (var at = 0; at < together.Length; at++)
                {
                    together[at].Answer.TrySetResult(answers[at]);
                }
            }
            catch (Exception failure) // whatever it is, those who wait must hear of it
            {
                foreach (var asking in together)
                {
                    asking.Answer.TrySetException(failure);
                    _ = asking.Answer.Task.Exception; // seen, even if nobody waits any more
                }
            }
        }
    }

    /// <summary>Those who are served next; null when nobody waits any more.</summary>
    private Asking[]? Next(TKey key)
    {
        lock (gate)
        {
            var lane = lanes[key];
            if (lane.Count == 0)
            {
                lanes.Remove(key);
                return null;
            }

            var together = new List<Asking>(Math.Min(lane.Count, most));
            while (together.Count < most && lane.TryDequeue(out var asking))
            {
                if (!asking.HasGivenUp)
                {
                    together.Add(asking);
                }
            }

            return [.. together];
        }
    }

    private sealed class Asking(TAsk ask, CancellationToken cancellationToken)
    {
        public TAsk Ask { get; } = ask;

        public bool HasGivenUp => cancellationToken.IsCancellationRequested;

        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

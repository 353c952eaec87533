using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Zoniq.Functions.Operations;

/// <summary>
/// Records everything but public reading, of which there can be more than is worth paying for: of that so many in a hundred. Whatever touches places or money is recorded, always.
/// </summary>
internal sealed class ReadsSampler(double share) : Sampler
{
    /// <summary>The tag of spans that only read what everybody may read.</summary>
    public const string IsPublicRead = "zoniq.public_read";

    private readonly TraceIdRatioBasedSampler some = new(share);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var isRead = samplingParameters.Tags?.Any(tag => tag is { Key: IsPublicRead, Value: true }) == true;
        if (isRead)
        {
            return some.ShouldSample(samplingParameters);
        }

        var isPartOfARead = samplingParameters.ParentContext is { IsRemote: false } parent && parent != default && !parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        return new SamplingResult(isPartOfARead ? SamplingDecision.Drop : SamplingDecision.RecordAndSample);
    }
}

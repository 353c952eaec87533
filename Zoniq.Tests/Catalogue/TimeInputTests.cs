using Zoniq.Domain.Catalogue;

namespace Zoniq.Tests.Catalogue;

public sealed class TimeInputTests
{
    [Theory]
    [InlineData("2026-12-31T19:00", "Asia/Kolkata", "2026-12-31T13:30:00Z")]
    [InlineData("2026-12-31 19:00:30", "Asia/Kolkata", "2026-12-31T13:30:30Z")]
    [InlineData("2026-12-31T19:00:00.5", "UTC", "2026-12-31T19:00:00.5Z")]
    [InlineData("2026-12-31T19:00:00.1234567", "UTC", "2026-12-31T19:00:00.123456Z")]
    [InlineData("2026-12-31T19:00:00.1234567Z", "UTC", "2026-12-31T19:00:00.123456Z")]
    [InlineData("2026-12-31T19:00+01:00", "Asia/Kolkata", "2026-12-31T18:00:00Z")]
    [InlineData("2026-12-31T19:00:00Z", "Asia/Kolkata", "2026-12-31T19:00:00Z")]
    public void A_time_without_an_offset_is_meant_in_the_zone_of_the_venue(string text, string zone, string moment) =>
        Assert.Equal(DateTimeOffset.Parse(moment), In(text, zone));

    [Theory]
    [InlineData("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00Z")] // clocks went from 02:00 to 03:00: it is 03:30
    [InlineData("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z")] // it was 02:30 twice: the first time
    [InlineData("2026-03-08T02:15", "America/New_York", "2026-03-08T07:15:00Z")]
    [InlineData("2026-11-01T01:15", "America/New_York", "2026-11-01T05:15:00Z")]
    public void Where_clocks_change_a_gap_moves_forward_and_an_overlap_means_the_earlier_moment(string text, string zone, string moment) =>
        Assert.Equal(DateTimeOffset.Parse(moment), In(text, zone));

    [Theory]
    [InlineData("")]
    [InlineData("tomorrow")]
    [InlineData("2026-12-31")]
    [InlineData("2026-02-30T19:00")]
    [InlineData("2026-12-31T25:00")]
    [InlineData("2026-12-31T19:00+25:00")]
    [InlineData("31.12.2026 19:00")]
    [InlineData("0001-01-01T00:00")]
    [InlineData("9999-12-31T23:59")]
    [InlineData("1767207600")]
    public void Anything_else_is_not_a_time(string text) => Assert.False(new TimeInput(text).IsReadable);

    private static DateTimeOffset In(string text, string zone) => new TimeInput(text).In(TimeZoneInfo.FindSystemTimeZoneById(zone));
}

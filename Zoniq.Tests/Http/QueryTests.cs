using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Zoniq.Domain;
using Zoniq.Functions.Http;

namespace Zoniq.Tests.Http;

public sealed class QueryTests
{
    [Fact]
    public void Parameters_are_properties_in_snake_case() =>
        Assert.Equal(
            new Filter { Name = "Ravi", MinPrice = new Money(9950), IsActive = true, SeatId = 7, On = new DateOnly(2026, 1, 31), Kind = Kind.BigHall },
            Read("?name=%20Ravi%20&min_price=99.50&is_active=true&seat_id=7&on=2026-01-31&kind=bigHall&unknown=1"));

    [Fact]
    public void A_blank_parameter_is_as_good_as_none() =>
        Assert.Equal(new Filter(), Read("?name=%20&min_price=&seat_id=&on="));

    [Theory]
    [InlineData("min_price", "abc")]
    [InlineData("min_price", "1.234")]
    [InlineData("min_price", "1,000")]
    [InlineData("is_active", "yes")]
    [InlineData("seat_id", "1.0")]
    [InlineData("seat_id", "99999999999999999999")]
    [InlineData("on", "31-01-2026")]
    [InlineData("on", "2026-02-30")]
    [InlineData("name", "a%00b")]
    public void What_cannot_be_read_is_named(string parameter, string value)
    {
        var problem = Refused($"?{parameter}={value}");

        Assert.Equal("request.invalid_parameter", problem.Code);
        Assert.Equal([parameter], problem.Errors!.Keys);
    }

    [Theory]
    [InlineData("seat_id", "0")]
    [InlineData("kind", "0")]
    [InlineData("kind", "bigHall,club")]
    public void What_is_none_of_what_it_may_be_breaks_a_rule(string parameter, string value)
    {
        var problem = Refused($"?{parameter}={value}");

        Assert.Equal("validation.failed", problem.Code);
        Assert.Equal([parameter], problem.Errors!.Keys);
    }

    [Theory]
    [InlineData("", 1, 20)]
    [InlineData("?page=3&page_size=100", 3, 100)]
    [InlineData("?page=2147483647", 2147483647, 20)]
    public void Pages_are_numbered_from_one_and_hold_twenty(string query, int number, int size) =>
        Assert.Equal(new PageRequest(number, size), Paging.Read(Collection(query), PagesAttribute.Usual));

    [Theory]
    [InlineData("?page=0", "validation.failed", "page")]
    [InlineData("?page=-1", "validation.failed", "page")]
    [InlineData("?page=2147483648", "validation.failed", "page")]
    [InlineData("?page_size=0", "validation.failed", "page_size")]
    [InlineData("?page_size=101", "validation.failed", "page_size")]
    [InlineData("?page=one", "request.invalid_parameter", "page")]
    [InlineData("?page=1.5&page_size=1000", "request.invalid_parameter", "page")]
    public void A_page_that_cannot_be_is_refused(string query, string code, string parameter)
    {
        var problem = Assert.Throws<BindingRefusedException>(() => Paging.Read(Collection(query), PagesAttribute.Usual)).Problem;

        Assert.Equal(code, problem.Code);
        Assert.Equal([parameter], problem.Errors!.Keys);
    }

    private static Filter Read(string query) => (Filter)QueryConverter.Read(Collection(query), typeof(Filter));

    private static Problem Refused(string query) =>
        Assert.Throws<BindingRefusedException>(() => Read(query)).Problem;

    private static QueryCollection Collection(string query) => new(QueryHelpers.ParseQuery(query));

    private enum Kind
    {
        Club,
        BigHall,
    }

    private sealed record Filter
    {
        public string? Name { get; init; }

        public Money? MinPrice { get; init; }

        public bool? IsActive { get; init; }

        [Range(1, long.MaxValue)]
        public long? SeatId { get; init; }

        public DateOnly? On { get; init; }

        public Kind? Kind { get; init; }
    }
}

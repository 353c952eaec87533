using System.Text;
using Zoniq.Domain.Storage;

namespace Zoniq.Domain.Catalogue;

/// <summary>The names of events in addresses: the ASCII of the title, made unique by <c>-1</c>, <c>-2</c> and so on.</summary>
internal static class Slugs
{
    private const long AdvisoryLock = 0x534C5547; // "SLUG"
    private const int LongestBase = 250;
    private const string Prefix = "event-";

    /// <summary>Words that stand where a slug stands in the routes.</summary>
    private static readonly HashSet<string> Reserved = ["search", "upcoming", "trending", "categories"];

    /// <summary>A slug nobody has and, until the transaction ends, nobody else will be given.</summary>
    /// <param name="db">The transaction in which the event gets it.</param>
    /// <param name="title">Of the event.</param>
    /// <param name="eventId">The event that is renamed, if it is not a new one: the slug it has counts as free.</param>
    public static async Task<string> ForAsync(Session db, string title, long? eventId = null)
    {
        // PostgreSQL takes the accents off: the app runs without the data it would need for that.
        var plain = await db.QuerySingleAsync<string>(
            """
            select regexp_replace(normalize(@title, nfkd), '[\u0300-\u036f]', '', 'g')
            from   pg_advisory_xact_lock(@AdvisoryLock)
            """,
            new { title, AdvisoryLock });
        var wanted = Base(plain);

        // One number more than there are events of that name is always enough.
        return await db.QuerySingleAsync<string>(
            """
            with taken as (
                select slug
                from   event
                where  (slug = @wanted or starts_with(slug, @wanted || '-'))
                and    id is distinct from @eventId::bigint)
            select   case number when 0 then @wanted else @wanted || '-' || number end
            from     generate_series(@first, (select count(*)::int from taken) + 1) as number
            where    case number when 0 then @wanted else @wanted || '-' || number end not in (select slug from taken)
            order by number
            limit    1
            """,
            new { wanted, eventId, first = wanted == Prefix[..^1] && Ascii(plain).Length == 0 ? 1 : 0 });
    }

    /// <summary>Without a number. An empty one becomes <c>event</c>, which then always has one.</summary>
    internal static string Base(string plain)
    {
        // Cut first: what is left of a long title may be digits only, and would be taken for the number of an event.
        var ascii = Cut(Ascii(plain));
        return ascii.All(char.IsAsciiDigit) || Reserved.Contains(ascii) ? Cut($"{Prefix}{ascii}") : ascii;
    }

    private static string Cut(string slug) => slug[..Math.Min(slug.Length, LongestBase)].Trim('-');

    private static string Ascii(string plain)
    {
        var slug = new StringBuilder(plain.Length);
        foreach (var letter in plain)
        {
            if (char.IsAsciiLetterOrDigit(letter))
            {
                slug.Append(char.ToLowerInvariant(letter));
            }
            else if (slug.Length > 0 && slug[^1] != '-' && letter is not ('\'' or '’'))
            {
                slug.Append('-');
            }
        }

        return slug.ToString().Trim('-');
    }
}

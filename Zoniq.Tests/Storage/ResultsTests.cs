using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Zoniq.Domain.Storage;

namespace Zoniq.Tests.Storage;

public sealed class ResultsTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task A_connection_that_breaks_amid_the_rows_is_an_outage_and_no_defect()
    {
        await using var db = await App.Services.GetRequiredService<Database>().OpenAsync(CancellationToken.None);
        await using var read = await db.QueryMultipleAsync(
            "select pg_terminate_backend(pg_backend_pid()) is null, repeat('x', 20000) from generate_series(1, 50); select 1");

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => read.ReadAsync<bool>());
    }
}

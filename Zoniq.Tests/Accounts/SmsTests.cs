using System.Net.Sockets;
using System.Text;
using Zoniq.Tests.Support;

namespace Zoniq.Tests.Accounts;

/// <summary>An SMS costs money: nobody gets more of them than the rules allow, whatever becomes of the answer.</summary>
public sealed class SmsTests(ZoniqApp app) : DatabaseTest(app)
{
    [Fact]
    public async Task Whoever_hangs_up_while_the_SMS_is_being_sent_gets_no_other_at_once()
    {
        await using var provider = await SmsProvider.StartAsync();
        await using var instance = await App.StartAnother(provider.Settings);
        var buyer = (await SomebodyWith("+919812345610")).At(instance);
        var (asked, hungUp, answered) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        provider.Answering = async context =>
        {
            asked.TrySetResult();
            await hungUp.Task;
            await SmsProvider.Accept(context);
            answered.TrySetResult();
        };

        using var client = new TcpClient();
        await client.ConnectAsync(instance.BaseAddress.Host, instance.BaseAddress.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /api/users/me/verify-phone HTTP/1.1\r\nHost: {instance.BaseAddress.Authority}\r\nAuthorization: Bearer {buyer.Token}\r\nContent-Length: 0\r\n\r\n"));
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(15));
        client.Client.Shutdown(SocketShutdown.Send);
        await ToTheEnd(stream);
        for (var time = 0; time < 10; time++)
        {
            (await buyer.Get("/api/users/me")).Succeeded(); // by then the app has noticed, and told whoever wanted to know
        }

        hungUp.SetResult();
        await answered.Task.WaitAsync(TimeSpan.FromSeconds(15));

        (await buyer.Post("/api/users/me/verify-phone")).Refused(429, "otp.cooldown");
        Assert.Equal(1, await App.Value<int>("select count(*) from one_time_code where address = '919812345610'"));
        Assert.Equal(1, provider.Asked);
    }

    [Theory]
    [InlineData(502, "<html>Bad Gateway</html>")]
    [InlineData(500, """{"type":"success"}""")]
    [InlineData(200, "")]
    public async Task An_answer_that_says_nothing_may_mean_that_it_was_sent_so_its_code_is_good_and_counts(int status, string body)
    {
        await using var provider = await SmsProvider.StartAsync();
        await using var instance = await App.StartAnother(provider.Settings);
        var buyer = (await SomebodyWith($"+9198123457{status % 90:00}")).At(instance);
        string? code = null;
        provider.Answering = context =>
        {
            code = context.Request.Query["otp"];
            return SmsProvider.Say(context, status, body);
        };

        var uncertain = (await buyer.Post("/api/users/me/verify-phone")).Refused(503, "service.unavailable");

        Assert.Equal(TimeSpan.FromSeconds(30), uncertain.Headers.RetryAfter!.Delta);
        (await buyer.Post("/api/users/me/verify-phone")).Refused(429, "otp.cooldown");
        (await buyer.Post("/api/users/me/verify-phone/confirm", new { code })).Succeeded(200);
    }

    [Fact]
    public async Task One_that_was_turned_down_can_be_asked_for_again_at_once()
    {
        await using var provider = await SmsProvider.StartAsync();
        await using var instance = await App.StartAnother(provider.Settings);
        var buyer = (await SomebodyWith("+919812345620")).At(instance);
        provider.Answering = context => SmsProvider.Say(context, 200, """{"message":"Out of credit","type":"error"}""");

        (await buyer.Post("/api/users/me/verify-phone")).Refused(503, "service.unavailable");
        provider.Answering = SmsProvider.Accept;
        (await buyer.Post("/api/users/me/verify-phone")).Succeeded(200);
    }

    private static async Task ToTheEnd(NetworkStream stream)
    {
        try
        {
            await stream.CopyToAsync(Stream.Null).WaitAsync(TimeSpan.FromSeconds(15));
        }
        catch (IOException)
        {
            // Cut off: as good an end as any.
        }
    }

    private async Task<Person> SomebodyWith(string phone)
    {
        var buyer = await App.NewBuyer();
        (await buyer.Patch("/api/users/me", new { phone })).Succeeded();
        return buyer;
    }
}

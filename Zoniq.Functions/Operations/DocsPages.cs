using System.Text;
using Microsoft.AspNetCore.Http;
using Scalar.AspNetCore;
using Zoniq.Functions.Http;

namespace Zoniq.Functions.Operations;

/// <summary>The API browser. It is served whole from here and asks nobody else for anything.</summary>
internal static class DocsPages
{
    /// <summary>Scalar's own script, compressed as its package holds it.</summary>
    private const string Resource = "ScalarStaticAssets.scalar.js";

    private static readonly Lazy<IResult> LazyScript = new(() => new AssetAnswer(ReadScript(), "text/javascript; charset=utf-8", "public, max-age=3600", isCompressed: true));

    public static IResult Script => LazyScript.Value;

    public static IResult Page { get; } = new AssetAnswer(
        Encoding.UTF8.GetBytes(
            """
            <!doctype html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <meta http-equiv="Content-Security-Policy" content="default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:">
              <link rel="icon" href="data:,">
              <title>Zoniq</title>
            </head>
            <body>
              <div id="app"></div>
              <script src="/api/docs/scalar.js"></script>
              <script>
                Scalar.createApiReference('#app', {
                  url: '/api/openapi.json',
                  withDefaultFonts: false,
                  telemetry: false,
                  hideClientButton: true,
                  showDeveloperTools: 'never',
                  agent: { disabled: true },
                  mcp: { disabled: true },
                  persistAuth: true,
                  authentication: { preferredSecurityScheme: 'bearer' },
                })
              </script>
            </body>
            </html>
            """),
        "text/html; charset=utf-8");

    private static byte[] ReadScript()
    {
        using var stream = typeof(ScalarOptions).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"Scalar's package holds no {Resource}.");
        var script = new byte[stream.Length];
        stream.ReadExactly(script);
        return script;
    }
}

using System.Diagnostics;
using ProbNet.Graph;
using ProbNet.Inference.Artifacts;
using Xunit.Abstractions;

namespace ProbNet.Inference.Tests.Artifacts;

/// <summary>A file written here, read by a reader written in another language from the format's description alone.</summary>
public sealed class IndependentReaderTests(ITestOutputHelper output)
{
    private const string Reader = """
        import json, struct, sys
        b = open(sys.argv[1], 'rb').read()
        n = struct.unpack('<Q', b[:8])[0]
        h = json.loads(b[8:8 + n])
        print(h.pop('__metadata__'))
        for name in sorted(h):
            t = h[name]
            d = b[8 + n + t['data_offsets'][0]:8 + n + t['data_offsets'][1]]
            code, size = {'F32': ('f', 4), 'F64': ('d', 8), 'I64': ('q', 8), 'BOOL': ('?', 1)}[t['dtype']]
            print(name, t['dtype'], t['shape'], list(struct.unpack('<' + str(len(d) // size) + code, d)))
        """;

    [Fact]
    public void PythonReadsTheSameNumbers()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("posterior.safetensors");
        using (var stream = File.Create(file))
        {
            Safetensors.Write(stream, new(
                new Dictionary<string, HostTensor>
                {
                    ["loc"] = HostTensor.Of([2, 1], [0.1, -1e300]),
                    ["scale"] = HostTensor.Of([3], [0.5f, 2f, -0.25f]),
                    ["step"] = HostTensor.Scalar(1L << 60),
                    ["used"] = HostTensor.Of([2], [true, false]),
                    ["none"] = HostTensor.Of([0], Array.Empty<float>()),
                },
                new Dictionary<string, string> { ["guide"] = "normal" }));
        }
        if (Run(Reader, file) is not { } answer)
        {
            output.WriteLine("skipped: there is no python3");
            return;
        }
        Assert.Equal(
            """
            {'guide': 'normal'}
            loc F64 [2, 1] [0.1, -1e+300]
            none F32 [0] []
            scale F32 [3] [0.5, 2.0, -0.25]
            step I64 [] [1152921504606846976]
            used BOOL [2] [True, False]
            """, answer.Trim());
    }

    private static string? Run(string script, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("python3", ["-c", script, argument]) { RedirectStandardOutput = true })!;
            var answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? answer : $"exit code {process.ExitCode}: {answer}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

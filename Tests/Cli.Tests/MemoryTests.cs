using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ProbNet.Cli.Tests;

/// <summary>The predicted peak memory of a fit against the measured one, each fit a process of its own; and fits that do not fit.</summary>
public sealed class MemoryTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private static void WriteNet(Workplace place, int rows, int columns, string body, string batch)
    {
        var text = new StringBuilder();
        for (var row = 0; row < rows; row++)
        {
            for (var c = 0; c < columns; c++) text.Append(CultureInfo.InvariantCulture, $"{(row * 31 + c * 17) % 256},");
            text.Append(CultureInfo.InvariantCulture, $"{row % 10}\n");
        }
        place.Write("net.csv", text.ToString());
        place.Write("net.prob", $$"""
            module Net
            {{body}}
            data d = csv "net.csv" { x = columns [0 .. {{columns - 1}}] |> minmax; y = labels {{columns}}; header = false }
            guide g = normal
            infer shared = vi g { optimizer = adam 1e-3; steps = 4; batch = {{batch}} }
            """);
    }

    private const string Wide = """
        model net (x : real[n, 64]) = prob {
            let! h1 = x |> dense 2048
            let! h2 = relu h1 |> dense 2048
            let! logits = relu h2 |> dense 10
            let! y = categorical logits
            return y
        }
        """;

    private const string Digits = """
        model net (x : real[n, 784]) = prob {
            let! h1 = x |> dense 256
            let! h2 = relu h1 |> dense 256
            let! logits = relu h2 |> dense 10
            let! y = categorical logits
            return y
        }
        """;

    private const string Convolution = """
        model net (x : real[n, 28, 28, 1]) = prob {
            let! c1 = x |> conv2d 16 [3; 3] same
            let! c2 = relu c1 |> maxPool2d [2; 2] |> conv2d 32 [3; 3] same
            let! logits = relu c2 |> maxPool2d [2; 2] |> flatten |> dense 10
            let! y = categorical logits
            return y
        }
        """;

    [Theory]
    [InlineData("iris", 0, 0, "")]
    [InlineData("wide", 300, 64, Wide)]
    [InlineData("digits", 4000, 784, Digits)]
    [InlineData("convolution", 500, 784, Convolution)]
    public async Task PredictedPeaksAreWithinAFifthOfMeasuredOnes(string name, int rows, int columns, string model)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var place = new Workplace("iris");
        if (rows > 0) WriteNet(place, rows, columns, model, "128");
        string[] fit = rows > 0 ? ["net.prob", "--draws", "20"] : ["iris/iris.prob", "--set", "epochs=5"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "probnet.dll"), "fit", .. fit, "--threads", "2", "--json"])
        {
            WorkingDirectory = place.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (text, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        Assert.True(process.ExitCode == ExitCode.Ok, await error);
        var timing = JsonNode.Parse(await text)!["timing"]!;
        var (measured, predicted) = ((double)timing["peakMemoryBytes"]!, (double)timing["predictedPeakMemoryBytes"]!);
        output.WriteLine($"{name}: measured {measured / 1048576:0} MiB, predicted {predicted / 1048576:0} MiB, ratio {predicted / measured:0.000}");
        Assert.InRange(predicted / measured, 0.8, 1.2);
    }

    [Fact]
    public void AFitThatNeedsMoreThanTheLimitIsRefusedAndNothingIsWritten()
    {
        using var place = new Workplace();
        WriteNet(place, 20, 64, Wide, "16");
        // A process of its own: what this one holds depends on the tests beside this.
        string[] fit = [Path.Combine(AppContext.BaseDirectory, "probnet.dll"), "fit", place.At("net.prob"), "--draws", "2", "--memory-limit", "64MiB", "--out", place.At("run")];
        using var process = Process.Start(new ProcessStartInfo("dotnet", fit) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        new Outcome(process.ExitCode, "", said).Ended(ExitCode.Diagnostics).Says("PN0750", "needs", "the limit given is 64 MiB", "optimizer = sgd");
        Assert.False(Directory.Exists(place.At("run")));
    }

    [Theory]
    [InlineData("8GiB", 8L << 30)]
    [InlineData("1.5 GB", 1_500_000_000L)]
    [InlineData("250mib", 250L << 20)]
    [InlineData("1000", 1000L)]
    [InlineData("GiB", null)]
    [InlineData("-1GiB", null)]
    [InlineData("8 GiBs", null)]
    [InlineData("", null)]
    [InlineData("1e9GiB", null)]
    public void SizesAreReadAsPeopleWriteThem(string text, long? bytes) => Assert.Equal(bytes, Sizes.Parse(text));

    [Fact]
    public void ThePlanTellsTheMemoryOfTheFitFirst()
    {
        using var place = new Workplace("iris");
        var plan = Workplace.Run("explain", place.At("iris/iris.prob"), "--emit", "plan").Ended(ExitCode.Ok).Out;
        Assert.StartsWith("predicted peak memory of the fit", plan);
        Assert.All(new[] { "held before", "training: ", "report: ", "arena: data ", "gather 32 rows", "flop: " }, part => Assert.Contains(part, plan));
        Assert.All(plan.Split('\n').SkipWhile(line => line.Length > 0), line => Assert.True(line.Length <= 140, line));
        var json = Workplace.Run("explain", place.At("iris/iris.prob"), "--emit", "plan", "--json").Ended(ExitCode.Ok).Json;
        Assert.True((long)json["predictedPeakMemoryBytes"]! > (long)json["step"]!["arenaBytes"]!);
        Assert.Equal((double)json["step"]!["movedBytes"]!, json["step"]!["kernels"]!.AsArray().Sum(k => (double)k!["movedBytes"]!));
    }
}

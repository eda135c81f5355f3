using System.Diagnostics;
using ProbNet.Inference.Artifacts;

namespace ProbNet.Cli.Tests;

/// <summary>The command as a process of its own, in a folder of its own.</summary>
public sealed class ProcessTests
{
    private static Process Start(Workplace place, params string[] args) => Process.Start(Command(place, args))!;

    private static ProcessStartInfo Command(Workplace place, params string[] args) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "probnet.dll"), .. args])
    {
        WorkingDirectory = place.Folder,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private static CancellationToken Limit() => new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    [Fact]
    public async Task TheRunFolderIsInTheWorkingDirectoryByDefault()
    {
        using var place = new Workplace("coin");
        using var process = Start(place, "fit", "coin/coin.prob", "--infer", "map", "--set", "steps=3");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(Limit());
        Assert.True(process.ExitCode == ExitCode.Ok, await error);
        Assert.Contains($"run folder: {Path.Combine("runs", "coin-map")}", await output);
        Assert.True(File.Exists(place.At("runs", "coin-map", "run.json")));
        Assert.DoesNotContain("\e", await output + await error);
    }

    [Fact]
    public async Task CtrlCStopsAndSaysHowToGoOn()
    {
        if (OperatingSystem.IsWindows()) return;
        using var place = new Workplace("iris");
        using var process = Start(place, "fit", "iris/iris.prob", "--set", "epochs=1000000", "--set", "earlyStop=1000000");
        // The first record of progress says that the fit is under way.
        Assert.Contains("epoch", await process.StandardError.ReadLineAsync());
        using (var kill = Process.Start("kill", [IgnoresInterrupts() ? "-TERM" : "-INT", $"{process.Id}"])) await kill.WaitForExitAsync();
        var rest = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(Limit());
        Assert.Equal(ExitCode.Interrupted, process.ExitCode);
        var run = Assert.Single(Directory.EnumerateDirectories(place.At("runs")));
        Assert.Contains($"probnet fit --resume {Path.GetRelativePath(place.Folder, run)} goes on", await rest);
        Assert.True(CheckpointFile.Read(run).State.Steps > 0);
    }

    [Fact]
    public async Task AFitThatIsKilledAtAnyMomentEndsAsIfItHadNotBeen()
    {
        using var place = new Workplace("iris");
        string[] fit = ["fit", "iris/iris.prob", "--infer", "flipout", "--set", "epochs=300", "--set", "earlyStop=250"];
        using (var whole = Start(place, [.. fit, "--out", "alone"]))
        {
            var (output, error) = (whole.StandardOutput.ReadToEndAsync(), whole.StandardError.ReadToEndAsync());
            await whole.WaitForExitAsync(Limit());
            Assert.True(whole.ExitCode == ExitCode.Ok, await error + await output);
        }
        // Each process is killed some time after it has saved its first state, mostly between two others or while one is written.
        var (random, checkpoint, kills) = (new Random(71), place.At("run", CheckpointFile.Name), 0);
        for (; kills < 4; kills++)
        {
            var before = File.Exists(checkpoint) ? File.GetLastWriteTimeUtc(checkpoint) : default;
            using var process = Start(place, kills == 0 ? [.. fit, "--out", "run", "--checkpoint-every", "1"] : ["fit", "--resume", "run"]);
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            var limit = Limit();
            while (!process.HasExited && (!File.Exists(checkpoint) || File.GetLastWriteTimeUtc(checkpoint) == before)) await Task.Delay(1, limit);
            var wait = Stopwatch.StartNew();
            var moment = TimeSpan.FromMilliseconds(random.NextDouble() * 60);
            while (wait.Elapsed < moment) Thread.SpinWait(100);
            process.Kill();
            await process.WaitForExitAsync(limit);
            await Task.WhenAll(output, error);
            if (File.Exists(place.At("run", RunFolder.InfoFile))) break;
        }
        // The fit is long enough for some.
        Assert.True(kills > 0);
        using (var last = Start(place, "fit", "--resume", "run"))
        {
            var (output, error) = (last.StandardOutput.ReadToEndAsync(), last.StandardError.ReadToEndAsync());
            await last.WaitForExitAsync(Limit());
            Assert.True(last.ExitCode == ExitCode.Ok, await error + await output);
        }
        foreach (var file in new[] { RunFolder.PosteriorFile, RunFolder.MetricsFile, RunFolder.PredictionsFile })
            Assert.Equal(File.ReadAllBytes(place.At("alone", file)), File.ReadAllBytes(place.At("run", file)));
    }

    [Fact]
    public async Task TheRehearsalOfAStepChangesNothing()
    {
        // On one processor there is none.
        var written = new List<byte[]>();
        foreach (var processors in new[] { "1", "2" })
        {
            using var place = new Workplace("iris");
            var start = Command(place, "fit", "iris/iris.prob", "--infer", "flipout", "--set", "epochs=2", "--out", "run");
            start.Environment["DOTNET_PROCESSOR_COUNT"] = processors;
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync(Limit());
            Assert.True(process.ExitCode == ExitCode.Ok, await error + await output);
            written.Add(File.ReadAllBytes(Directory.EnumerateFiles(place.At("run"), "*.safetensors").Single()));
        }
        Assert.Equal(written[0], written[1]);
    }

    // A shell without job control starts what runs in its background with SIGINT ignored, and the runtime leaves it so; SIGTERM stops a command in the same way.
    private static bool IgnoresInterrupts()
    {
        const string status = "/proc/self/status", field = "SigIgn:";
        if (!File.Exists(status) || File.ReadLines(status).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal)) is not { } line) return false;
        return (Convert.ToUInt64(line[field.Length..].Trim(), 16) & 0b10) != 0;
    }
}

using System.Diagnostics;

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
    public async Task CtrlCStopsAndWritesNothing()
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
        Assert.Contains("stopped; nothing was written", await rest);
        Assert.False(Directory.Exists(place.At("runs")));
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

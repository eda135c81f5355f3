using System.Diagnostics;
using System.Text.Json.Nodes;
using ProbNet.Backends.Torch;
using ProbNet.Cli.Output;

namespace ProbNet.Cli.Tests;

/// <summary>Backends by name: what cannot be had is refused before anything is written, <c>auto</c> and run folders fall back and say so.</summary>
public sealed class BackendTests
{
    // A process of its own, for its environment.
    private static async Task<Outcome> Run(Workplace place, string? libtorch, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "probnet.dll"), .. args]) { WorkingDirectory = place.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        if (libtorch is not null) start.Environment[TorchLibrary.Variable] = libtorch;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(limit.Token);
        return new(process.ExitCode, await output, await error);
    }

    private static string Truncated(Workplace place)
    {
        // A library of the runtime's, which is there wherever tests run.
        var whole = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*System.Native.*").First();
        File.WriteAllBytes(place.At("libprobnet_torch.so"), File.ReadAllBytes(whole)[..5000]);
        return place.At("libprobnet_torch.so");
    }

    [Fact]
    public async Task ALibraryThatIsNotThereOrDamagedIsRefusedAndNothingIsWritten()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var place = new Workplace("coin");
        foreach (var (libtorch, words) in new[] { (place.At("nowhere.so"), "is not there"), (Truncated(place), "is truncated: it ends after 5000 bytes"), (place.At("coin"), "holds neither libprobnet_torch.so nor a libtorch") })
        {
            var before = place.Everything();
            (await Run(place, libtorch, "fit", "coin/coin.prob", "--backend", "torch")).Ended(ExitCode.Usage)
                .Says($"error: --backend torch cannot be had: PROBNET_LIBTORCH names '{libtorch}', which {words}", $"note: PROBNET_LIBTORCH, {libtorch}: {words}", "hint: ");
            Assert.Equal(before, place.Everything());
        }
        foreach (var words in new[] { "prior coin/coin.prob --backend torch:cpu", "explain coin/coin.prob --emit plan --backend torch:cuda:1" })
            (await Run(place, place.At("nowhere.so"), words.Split(' '))).Ended(ExitCode.Usage).Says("PROBNET_LIBTORCH names");
    }

    [Fact]
    public async Task AutoFallsBackAndSaysWhy()
    {
        using var place = new Workplace("coin");
        var outcome = (await Run(place, place.At("nowhere.so"), "fit", "coin/coin.prob", "--backend", "auto", "--compute", "bf16", "--set", "steps=3", "--out", "run", "--json")).Ended(ExitCode.Ok)
            .Says("backend: cpu (no libtorch: PROBNET_LIBTORCH names", "which is not there; probnet doctor says more)", "cpu does not compute in bf16");
        Assert.Equal("cpu", (string)outcome.Json["backend"]!);
        Assert.Equal("cpu", (string)JsonNode.Parse(File.ReadAllText(place.At("run", "run.json")))!["backend"]!);
    }

    [Fact]
    public void ADeviceThatIsNotThereIsRefusedWhateverIsInstalled()
    {
        using var place = new Workplace("coin");
        var before = place.Everything();
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--backend", "torch:cuda:97", "--out", place.At("run")).Ended(ExitCode.Usage).Says("probnet doctor", "hint: ");
        Assert.Equal(before, place.Everything());
    }

    [Fact]
    public void ARunOfADeviceThatIsNotThereIsPredictedOnTheDefaultUnlessAnotherIsNamed()
    {
        using StringWriter output = new(), error = new();
        var terminal = new Terminal(output, error);
        var chosen = Backends.ForRun(terminal, new(null, null), "torch:cuda:97", "bf16");
        Assert.Equal(("cpu", "cpu", null), (chosen.Word, chosen.Backend.Name, chosen.Compute));
        Assert.StartsWith("note: the run was fitted on torch:cuda:97, which is not to be had: ", error.ToString());
        Assert.Contains("; cpu takes its place (probnet doctor says more)", error.ToString());
        Assert.Equal("reference", Backends.ForRun(terminal, new(BackendWord.Parse("reference"), null), "torch:cuda:97", "bf16").Word);
        Assert.Equal(ExitCode.Usage, Assert.Throws<CommandFailure>(() => Backends.ForRun(terminal, new(BackendWord.Parse("torch:cuda:97"), null), "cpu", null)).ExitCode);
        // Of a ProbNet with other backends.
        Assert.Equal("cpu", Backends.ForRun(terminal, new(null, null), "quantum", null).Word);
    }

    [Fact]
    public void WhatProductsAreComputedInIsForLibtorchAlone()
    {
        using var place = new Workplace("coin");
        foreach (var backend in new[] { "cpu", "reference" })
            Workplace.Run("fit", place.At("coin", "coin.prob"), "--backend", backend, "--compute", "bf16").Ended(ExitCode.Usage).Says($"--compute is for --backend torch; '{backend}' computes as --precision says");
    }

    [Fact]
    public void WordsMeanDevices()
    {
        Assert.Equal(new TorchDevice(2), BackendWord.Parse("torch:cuda:2")!.Device);
        Assert.Equal(new TorchDevice(0), BackendWord.Parse("torch:cuda")!.Device);
        Assert.Equal(TorchDevice.Cpu, BackendWord.Parse("torch")!.Device);
        foreach (var word in new[] { "", "Torch", "torch:", "torch:cuda:", "torch:cuda:+1", "torch:cuda:99999999999", "cuda" }) Assert.Null(BackendWord.Parse(word));
    }

    [Theory]
    [InlineData(TorchFault.Memory, "CUDA out of memory. Tried to allocate 20.00 GiB", ExitCode.Data, "there is not enough memory for this: CUDA out of memory.", "a smaller batch")]
    [InlineData(TorchFault.Device, "CUDA error: an illegal memory access was encountered\nException raised from f at g.cpp:1", ExitCode.Device, "a device failed: CUDA error: an illegal memory access was encountered", "nvidia-smi")]
    [InlineData(TorchFault.Operator, "The size of tensor a\nmust match", ExitCode.Bug, "libtorch refused an operation: The size of tensor a must match", "--backend cpu")]
    [InlineData(TorchFault.Compile, "Unknown builtin op", ExitCode.Bug, "libtorch refused a script: Unknown builtin op", "report")]
    [InlineData(TorchFault.Argument, "no place", ExitCode.Bug, "libtorch refused a call: no place", "report")]
    public void AFailureInLibtorchIsToldInItsWordsWithWhatToDo(TorchFault fault, string words, int exitCode, string message, string hint)
    {
        var failure = TorchFaults.Explain(new TorchException(fault, words));
        Assert.Equal(exitCode, failure.ExitCode);
        Assert.Contains(message, failure.Message);
        Assert.DoesNotContain("Exception raised", failure.Message);
        Assert.Contains(hint, failure.Hint);
        Assert.True(TorchFaults.Explain(new TorchException(fault, new string('x', 100_000))).Message.Length < 800);
    }

    [LibtorchFact]
    public async Task AFitOnLibtorchGivesTheDefaultBackendsMetrics()
    {
        using var place = new Workplace("iris");
        async Task<JsonNode> Metrics(string backend)
        {
            var outcome = (await Run(place, null, "fit", "iris/iris.prob", "--infer", "flipout", "--set", "epochs=3", "--backend", backend, "--out", backend, "--json")).Ended(ExitCode.Ok);
            Assert.Equal(backend, (string)outcome.Json["backend"]!);
            return outcome.Json["metrics"]!;
        }
        var (cpu, torch) = (await Metrics("cpu"), await Metrics("torch"));
        foreach (var set in new[] { "train", "validation", "test" })
            foreach (var (name, value) in cpu[set]!.AsObject()) Assert.Equal((double)value!, (double)torch[set]![name]!, 1e-4);
        // The run's own backend, and another.
        foreach (var backend in new[] { Array.Empty<string>(), ["--backend", "cpu"] })
            Assert.DoesNotContain("note:", (await Run(place, null, ["eval", "torch", "--data", "iris/iris.csv", "--draws", "5", .. backend])).Ended(ExitCode.Ok).Err);
    }
}

/// <summary>A test that needs the library for libtorch where the command finds it: skipped where it is missing, unless PROBNET_REQUIRE_TORCH=1.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LibtorchFactAttribute : FactAttribute
{
    public LibtorchFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("PROBNET_REQUIRE_TORCH") != "1" && TorchLibrary.Probe().Chosen is not { State: PlaceState.Shim })
            Skip = "no libprobnet_torch.so: build it in Backends/ProbNet.Backends.Torch/Native and then the tests, or set PROBNET_LIBTORCH";
    }
}

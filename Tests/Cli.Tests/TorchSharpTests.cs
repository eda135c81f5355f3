using System.Text.Json.Nodes;

namespace ProbNet.Cli.Tests;

/// <summary><c>--backend torchsharp</c>, in builds with TorchSharp and in those without.</summary>
public sealed class TorchSharpTests
{
#if TORCHSHARP
    [Fact]
    public void AFitThroughTorchSharpGivesTheDefaultBackendsMetrics()
    {
        using var place = new Workplace("iris");
        JsonNode Metrics(string backend)
        {
            var outcome = Workplace.Run("fit", place.At("iris", "iris.prob"), "--infer", "flipout", "--set", "epochs=20", "--backend", backend, "--out", place.At(backend), "--json").Ended(ExitCode.Ok);
            Assert.Equal(backend, (string)outcome.Json["backend"]!);
            return outcome.Json["metrics"]!;
        }
        var (cpu, torch) = (Metrics("cpu"), Metrics("torchsharp"));
        foreach (var set in new[] { "train", "validation", "test" })
            foreach (var (name, value) in cpu[set]!.AsObject()) Assert.Equal((double)value!, (double)torch[set]![name]!, 1e-3);
        Assert.DoesNotContain("note:", Workplace.Run("eval", place.At("torchsharp"), "--data", place.At("iris", "iris.csv"), "--draws", "5").Ended(ExitCode.Ok).Err);
    }

    [Fact]
    public void WhatTheBindingCannotDoIsRefused()
    {
        using var place = new Workplace("coin");
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--backend", "torchsharp", "--compute", "bf16").Ended(ExitCode.Usage).Says("--compute bf16 is for --backend torch; 'torchsharp' computes in f32 or tf32");
        Workplace.Run("fit", place.At("coin", "coin.prob"), "--backend", "torchsharp:cuda:97").Ended(ExitCode.Usage).Says("there is no CUDA device 97");
    }
#else
    [Fact]
    public void TheWordIsUnknownAndTheMessageSaysHowToTurnItOn()
    {
        using var place = new Workplace("coin");
        foreach (var word in new[] { "torchsharp", "torchsharp:cuda:1" })
        {
            Assert.Null(BackendWord.Parse(word));
            Workplace.Run("fit", place.At("coin", "coin.prob"), "--backend", word).Ended(ExitCode.Usage).Says($"--backend {word} is not in this program: it was built without TorchSharp, which -p:TorchSharp=true takes in");
        }
        Assert.DoesNotContain(BackendWord.Forms, f => f.Contains("torchsharp"));
    }
#endif
}

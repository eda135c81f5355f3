using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using ProbNet.Backends.Torch;

namespace ProbNet.Cli.Tests;

/// <summary>Whole fits on libtorch against the embedded engine: the same random bits, so the same numbers to rounding.</summary>
public sealed class TorchFitTests
{
    private const string Convolution = """
        module Small

        model small (x : real[n, 8, 6, 1]) = prob {
            let! c1 = x |> conv2d 3 [3; 3] same
            let! c2 = relu c1 |> maxPool2d [2; 2] |> conv2d 5 [3; 2] { padding = same; stride = [2; 1] }
            let! logits = relu c2 |> flatten |> dense 3
            let! y = categorical logits
            return y
        }

        data images = csv "images.csv" { x = columns [PIXELS]; y = labels "y"; heldOut = 0.2; seed = 3 }

        infer short = vi normal { estimator = flipout; optimizer = adam 1e-2; steps = 100; batch = 16 }
        """;

    /// <summary>100 steps in double precision: errors of 1e-16 a number, which Adam's division by the root of a squared gradient can raise a millionfold where that is near its epsilon of 1e-8.</summary>
    [TorchTheory]
    [InlineData("iris", "flipout", "epochs=25")]
    [InlineData("iris", "lowRank", "epochs=25")]
    [InlineData("eight_schools", "meanField", "steps=100")]
    [InlineData("eight_schools", "fullRank", "steps=100")]
    [InlineData("images", "short", "steps=100")]
    public void AHundredStepsInDoublePrecisionAgree(string program, string infer, string length)
    {
        using var place = Programs();
        var (cpu, torch) = (Fit(place, program, infer, "cpu", "--set", length, "--precision", "double"), Fit(place, program, infer, "torch", "--set", length, "--precision", "double"));
        Assert.Equal((long)cpu.Json["steps"]!, (long)torch.Json["steps"]!);
        Assert.Equal(100, (long)cpu.Json["steps"]!);
        Assert.Equal(cpu.Tensors.Keys.Order(), torch.Tensors.Keys.Order());
        foreach (var (name, expected) in cpu.Tensors)
        {
            var found = torch.Tensors[name];
            for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - found[i]) <= 1e-9 * (1 + Math.Abs(expected[i])), $"{name}[{i}] is {found[i]:R} instead of {expected[i]:R}");
        }
    }

    /// <summary>In single precision parameters move apart by roundings of 6e-8 that the same division raises; what they have moved agrees to a thousandth of its size.</summary>
    [TorchTheory]
    [InlineData("iris", "flipout", "epochs=25")]
    [InlineData("eight_schools", "meanField", "steps=100")]
    [InlineData("images", "short", "steps=100")]
    public void AHundredStepsInSinglePrecisionAgree(string program, string infer, string length)
    {
        using var place = Programs();
        var (cpu, torch) = (Fit(place, program, infer, "cpu", "--set", length), Fit(place, program, infer, "torch", "--set", length));
        foreach (var (name, expected) in cpu.Tensors)
        {
            var found = torch.Tensors[name];
            var apart = Math.Sqrt(expected.Zip(found, (a, b) => (a - b) * (a - b)).Average());
            var size = Math.Sqrt(expected.Average(a => a * a));
            Assert.True(apart <= 1e-3 * size, $"{name} is {apart:G3} apart, of size {size:G3}");
        }
    }

    [TorchFact]
    public void TheExampleOfTheReadmeHasTheSameMetrics()
    {
        using var place = Programs();
        string[] tables = [.. new[] { "cpu", "torch" }.Select(backend =>
        {
            Fit(place, "iris", "flipout", backend);
            return File.ReadAllText(place.At("run-" + backend, "metrics.csv"));
        })];
        string[][] rows = [.. tables.Select(t => t.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        Assert.Equal(rows[0].Length, rows[1].Length);
        for (var r = 0; r < rows[0].Length; r++)
        {
            foreach (var (a, b) in rows[0][r].Split(',').Zip(rows[1][r].Split(',')))
            {
                var isNumber = double.TryParse(a, CultureInfo.InvariantCulture, out var expected);
                if (isNumber) Assert.True(Math.Abs(expected - double.Parse(b, CultureInfo.InvariantCulture)) <= 5e-3, $"{rows[0][r]} | {rows[1][r]}");
                else Assert.Equal(a, b);
            }
        }
    }

    private static Workplace Programs()
    {
        var place = new Workplace("iris", "eight_schools");
        var random = new Random(5);
        var (pixels, lines) = (Enumerable.Range(0, 48).Select(i => $"p{i}").ToArray(), new List<string>());
        lines.Add(string.Join(',', pixels) + ",y");
        for (var row = 0; row < 60; row++)
        {
            var label = row % 3;
            lines.Add(string.Join(',', pixels.Select((_, i) => (random.NextDouble() + (i / 16 == label ? 0.8 : 0)).ToString("F3", CultureInfo.InvariantCulture))) + $",k{label}");
        }
        place.Write(Path.Combine("images", "images.csv"), string.Join('\n', lines));
        place.Write(Path.Combine("images", "images.prob"), Convolution.Replace("PIXELS", string.Join("; ", pixels.Select(p => $"\"{p}\""))));
        return place;
    }

    private static (JsonNode Json, Dictionary<string, double[]> Tensors) Fit(Workplace place, string program, string infer, string backend, params string[] more)
    {
        var run = place.At("run-" + backend);
        var outcome = Workplace.Run(["fit", place.At(program, program + ".prob"), "--infer", infer, "--backend", backend, "--seed", "11", "--out", run, "--json", "--draws", "20", .. more]).Ended(ExitCode.Ok);
        return (outcome.Json, Tensors(Path.Combine(run, "posterior.safetensors")));
    }

    private static Dictionary<string, double[]> Tensors(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var result = new Dictionary<string, double[]>();
        foreach (var (name, node) in JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject())
        {
            if (name == "__metadata__") continue;
            var data = bytes.AsSpan(8 + length)[(int)node!["data_offsets"]![0]!..(int)node["data_offsets"]![1]!];
            result[name] = (string)node["dtype"]! == "F64" ? MemoryMarshal.Cast<byte, double>(data).ToArray() : [.. MemoryMarshal.Cast<byte, float>(data).ToArray().Select(x => (double)x)];
        }
        return result;
    }
}

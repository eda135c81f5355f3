using System.Globalization;

namespace ProbNet.Benchmarks;

/// <summary>A goal and what was measured.</summary>
/// <param name="Measure">What is measured, on one thread.</param>
/// <param name="Value">The figure, or null where it could not be measured.</param>
/// <param name="Target">The figure to reach.</param>
/// <param name="IsAtMost">Whether less is better.</param>
/// <param name="Unit">The figure's unit.</param>
internal sealed record Goal(string Measure, double? Value, double Target, bool IsAtMost, string Unit)
{
    /// <summary>Whether it is reached; null where it was not measured.</summary>
    public bool? IsMet => Value is { } v ? (IsAtMost ? v <= Target : v >= Target) : null;

    /// <summary>The goals of a comparison's lines. Those that compare need PyTorch.</summary>
    public static IReadOnlyList<Goal> Of(IReadOnlyList<Line> lines)
    {
        var single = lines.Where(l => l.Threads == 1).ToDictionary(l => l.Case);
        double? Micro(string name) => single.TryGetValue(name, out var line) ? line.Ours.Median * 1e6 : null;
        double? Baseline(string name) => single.TryGetValue(name, out var line) ? line.ToBaseline : null;
        double? Faster(string name) => single.TryGetValue(name, out var line) && line.Ratio is { } r ? 1 / r : null;
        double? OnLibtorch(string name) => single.TryGetValue(name, out var line) ? line.LibtorchRatio : null;
        double? FasterOnLibtorch(string name) => OnLibtorch(name) is { } r ? 1 / r : null;
        var digits = Cases.Digits;
        return
        [
            new(Cases.Step(Cases.Iris, "flipout"), Micro(Cases.Step(Cases.Iris, "flipout")), 30, true, "us"),
            new(Cases.Step(Cases.Small, "shared"), Micro(Cases.Step(Cases.Small, "shared")), 30, true, "us"),
            new(Cases.Step(digits, "shared"), Baseline(Cases.Step(digits, "shared")), 1, true, "x PyTorch deterministic"),
            new(Cases.Step(digits, "flipout"), Baseline(Cases.Step(digits, "flipout")), 1.8, true, "x PyTorch deterministic"),
            new(Cases.Step(Cases.Images, "shared"), Baseline(Cases.Step(Cases.Images, "shared")), 1, true, "x PyTorch deterministic"),
            new(Cases.Predict, Faster(Cases.Predict), 3, false, "x as fast as PyTorch"),
            new(Cases.Schools, Micro(Cases.Schools), 1, true, "us"),
            new(Cases.WideProduct, Faster(Cases.WideProduct), 0.9, false, "x as fast as PyTorch"),
            new(Cases.SquareProduct, Faster(Cases.SquareProduct), 0.9, false, "x as fast as PyTorch"),
            new("a standard normal f32", Micro(Cases.Noise) is { } us ? us * 1e3 / single[Cases.Noise].Amount : null, 0.6, true, "ns"),
            new($"{Cases.Step(digits, "shared")} on libtorch", OnLibtorch(Cases.Step(digits, "shared")), 1, true, "x PyTorch's same step"),
            new($"{Cases.Step(Cases.Iris, "flipout")} on libtorch", FasterOnLibtorch(Cases.Step(Cases.Iris, "flipout")), 4, false, "x as fast as PyTorch"),
            new("managed bytes allocated by a step", lines.Where(l => l.IsStep).Select(l => (double?)l.Allocated).Max(), 0, true, "B"),
        ];
    }

    /// <summary>The goal in words.</summary>
    public string Words => string.Create(CultureInfo.InvariantCulture, $"{(IsAtMost ? "at most" : "at least")} {Target:0.##} {Unit}");
}

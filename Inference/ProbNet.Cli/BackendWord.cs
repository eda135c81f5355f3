using System.Globalization;
using ProbNet.Backends.Torch;
using ProbNet.Language;

namespace ProbNet.Cli;

/// <summary>What computes.</summary>
internal enum BackendKind
{
    /// <summary>The embedded engine.</summary>
    Cpu,
    /// <summary>The slow and plain evaluator.</summary>
    Reference,
    /// <summary>libtorch.</summary>
    Torch,
#if TORCHSHARP
    /// <summary>libtorch through TorchSharp.</summary>
    TorchSharp,
#endif
    /// <summary>Whichever of them suits the machine.</summary>
    Auto,
}

/// <summary>A word of <c>--backend</c>.</summary>
/// <param name="Text">As written.</param>
/// <param name="Kind">What computes.</param>
/// <param name="Device">Where libtorch computes.</param>
internal sealed record BackendWord(string Text, BackendKind Kind, TorchDevice Device)
{
    /// <summary>The default.</summary>
    public static BackendWord Default { get; } = new("cpu", BackendKind.Cpu, default);

    private static readonly BackendWord[] Plain =
    [
        Default, new("reference", BackendKind.Reference, default), new("torch", BackendKind.Torch, default), new("torch:cpu", BackendKind.Torch, default),
        new("torch:cuda", BackendKind.Torch, new(0)), new("auto", BackendKind.Auto, default),
#if TORCHSHARP
        new("torchsharp", BackendKind.TorchSharp, default), new("torchsharp:cuda", BackendKind.TorchSharp, new(0)),
#endif
    ];

    // What people call a CUDA device elsewhere.
    private static readonly string[] Cuda = ["gpu", "cuda", "torch:gpu"];

    /// <summary>All words, for help.</summary>
    public static IEnumerable<string> Forms => Plain.SelectMany(w => w.Device.IsCuda ? new[] { w.Text, w.Text + ":N" } : [w.Text]);

    /// <summary>What a word means, or null.</summary>
    public static BackendWord? Parse(string word) => Array.Find(Plain, w => w.Text == word)
        ?? (Array.Find(Plain, w => w.Device.IsCuda && word.StartsWith(w.Text + ":", StringComparison.Ordinal)) is { } unnumbered
            && int.TryParse(word[(unnumbered.Text.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? unnumbered with { Text = word, Device = new(n) } : null);

    /// <summary>What is wrong with a word that means nothing.</summary>
    public static string Fault(string word)
    {
#if !TORCHSHARP
        if (word.Split(':')[0] == "torchsharp")
            return $"{BackendOptions.Name} {word} is not in this program: it was built without TorchSharp, which -p:TorchSharp=true takes in; 'torch' is libtorch through a library of ProbNet's own";
#endif
        var near = Cuda.Contains(word) ? "torch:cuda" : word.StartsWith("cuda:", StringComparison.Ordinal) && Parse("torch:" + word) is { } whole ? whole.Text : Suggest.Nearest(word, Plain.Select(w => w.Text));
        return $"{BackendOptions.Name} is one of {string.Join(", ", Forms)}, not '{word}'{(near is null ? "" : $"; did you mean '{near}'?")}";
    }
}

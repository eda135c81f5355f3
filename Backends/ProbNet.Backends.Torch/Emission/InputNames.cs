using System.Text.RegularExpressions;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Names of variables for a graph's inputs, close to their own: <c>h1.w.loc</c> becomes <c>h1_w_loc</c>.</summary>
internal static partial class InputNames
{
    private static readonly HashSet<string> Reserved =
    [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from",
        "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
        "torch", "probnet", "inputs", "constants", "step", "annotate", "List", "Tensor", "Tuple", "Optional", "Dict", "Future", "range", "len", "int", "float", "bool", "str", "print",
        "getattr", "hasattr", "isinstance", "tuple", "list", "zip", "enumerate", "rangelist", "min", "max", "abs", "all", "any", "sum", "round", "pow", "divmod", "sorted", "ord", "chr",
        "hex", "oct", "bin", "rpc_async", "fork", "wait", "inf", "nan", "math", "super", "self", "reversed", "set", "dict", "complex", "slice", "device", "layout", "uninitialized",
    ];

    /// <summary>The names of the inputs that something reads or that are carried.</summary>
    public static Dictionary<Tensor, string> Of(TensorGraph graph, EqArray<Carry> carries)
    {
        var read = new HashSet<Tensor>(graph.Nodes.SelectMany(node => node.Inputs).Concat(graph.Outputs.Select(o => o.Value)), ReferenceEqualityComparer.Instance);
        foreach (var carry in carries) read.Add(graph.Inputs[carry.Input]);
        var names = new Dictionary<Tensor, string>(ReferenceEqualityComparer.Instance);
        var taken = new HashSet<string>(Reserved.Concat(Prelude.Names));
        foreach (var input in graph.Inputs)
        {
            var name = Clean(input.InputName());
            while (!taken.Add(name)) name += "_";
            if (read.Contains(input)) names[input] = name;
        }
        return names;
    }

    // A name that ends in a number could be one of the script's own, so it gets a line behind it.
    private static string Clean(string name)
    {
        var text = Illegal().Replace(name, "_");
        if (text.Length == 0 || char.IsAsciiDigit(text[0])) text = "x_" + text;
        return Numbered().IsMatch(text) ? text + "_" : text;
    }

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex Illegal();

    [GeneratedRegex("^[a-z]+_[0-9]+$")]
    private static partial Regex Numbered();
}

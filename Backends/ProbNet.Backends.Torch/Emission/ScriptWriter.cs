using System.Text;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>A script being written: lines of the function's body, functions it calls, and constants it is given.</summary>
internal sealed class ScriptWriter
{
    private readonly StringBuilder _body = new();
    private readonly List<HostTensor> _constants;
    private readonly HashSet<string> _used;
    private readonly int[] _names;

    /// <summary>A new script.</summary>
    public ScriptWriter()
        : this([], [], [0], 1)
    {
    }

    private ScriptWriter(List<HostTensor> constants, HashSet<string> used, int[] names, int depth) => (_constants, _used, _names, Depth) = (constants, used, names, depth);

    /// <summary>How the nodes of a loop's body are written and named: by their rules, unless the emitter has its own way.</summary>
    public Action<TensorGraph, Dictionary<Tensor, string>, ScriptWriter> WriteNodes { get; init; } = static (body, names, script) => NodeText.Write(body, names, script, static _ => null);

    /// <summary>How far lines are indented, in steps of four spaces.</summary>
    public int Depth { get; private set; }

    /// <summary>The constants so far, in the order of their names.</summary>
    public IReadOnlyList<HostTensor> Constants => _constants;

    /// <summary>The functions of the prelude that the script calls.</summary>
    public IReadOnlySet<string> Used => _used;

    /// <summary>The lines so far.</summary>
    public string Body => _body.ToString();

    /// <summary>Writes a line of the body.</summary>
    /// <param name="text">The statement.</param>
    /// <param name="comment">What stands behind it, or null.</param>
    public void Line(string text, string? comment = null)
    {
        _body.Append(' ', 4 * Depth).Append(text);
        if (!string.IsNullOrEmpty(comment)) _body.Append("  # ").Append(comment);
        _body.Append('\n');
    }

    /// <summary>Indents the lines that <paramref name="write"/> writes by one step more, as under <c>for</c>.</summary>
    public void Indented(Action write)
    {
        Depth++;
        write();
        Depth--;
    }

    /// <summary>A name that nothing else in the script has.</summary>
    public string Fresh(string stem) => $"{stem}_{_names[0]++}";

    /// <summary>The name of a tensor that is handed to the script with each call; equal ones are handed over once.</summary>
    public string Constant(HostTensor value)
    {
        var index = _constants.FindIndex(c => c.Equals(value));
        if (index < 0)
        {
            index = _constants.Count;
            _constants.Add(value);
        }
        return $"constants[{index}]";
    }

    /// <summary>The name of a function of <see cref="Prelude"/>, which the script then contains.</summary>
    public string Function(string name)
    {
        _used.Add(name);
        return name;
    }
}

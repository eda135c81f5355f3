using System.Globalization;
using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// The text of a fused region, in the language of the operator <c>probnet.region</c> (<c>Native/src/program.h</c>): one line a statement, with what it stands for behind it.
/// </summary>
internal sealed class RegionText
{
    private readonly Step _step;
    private readonly Func<View, string> _tensor;
    private readonly HashSet<Def> _members;
    private readonly Dictionary<Def, int> _values = [];
    private readonly List<(View View, int Value)> _loads = [];
    private readonly List<string> _inputs = [], _updated = [];
    private readonly List<(string Statement, string? Comment)> _lines = [];
    private readonly List<Def> _results = [];
    private int _count;

    private RegionText(Step step, Func<View, string> tensor) => (_step, _tensor, _members) = (step, tensor, [.. step.Defs]);

    /// <summary>The statements, each with its comment.</summary>
    public IReadOnlyList<(string Statement, string? Comment)> Lines => _lines;

    /// <summary>The expressions of the tensors that are read.</summary>
    public IReadOnlyList<string> Inputs => _inputs;

    /// <summary>The expressions of the tensors that are written over.</summary>
    public IReadOnlyList<string> Updated => _updated;

    /// <summary>What the operator returns, in this order.</summary>
    public IReadOnlyList<Def> Results => _results;

    /// <summary>Whether a region can compute a node element by element.</summary>
    public static bool Takes(Tensor node) => node.Op switch
    {
        OpCode.Erfcx or OpCode.ErfInv or OpCode.Lgamma or OpCode.Polygamma or OpCode.GammaPathwise or OpCode.RandomGamma or OpCode.RandomPoisson or OpCode.RandomBinomial => false,
        OpCode.Div or OpCode.Floor or OpCode.Pow => node.DType.IsFloat(),
        OpCode.Less or OpCode.LessEqual or OpCode.Max or OpCode.Min or OpCode.Mul or OpCode.Add or OpCode.Sub or OpCode.ReduceSum or OpCode.ReduceMax => node.Inputs[0].DType != DType.Bool,
        _ => true,
    };

    /// <summary>The text of a step.</summary>
    /// <param name="step">A region.</param>
    /// <param name="tensor">The expression of a dense tensor that holds a view's definition, or, of a view that is no definition, of its elements.</param>
    /// <param name="overwritten">The expression of the tensor that a definition is written over, or null.</param>
    public static RegionText Of(Step step, Func<View, string> tensor, Func<Def, string?> overwritten)
    {
        var text = new RegionText(step, tensor);
        text.Add($"space {step.Space}", null);
        var needed = text.Needed();
        foreach (var def in step.Defs)
        {
            if (def.Kind == DefKind.Map && needed.Contains(def)) text.Compute(def);
        }
        foreach (var def in step.Writes) text.Keep(def, overwritten(def));
        return text;
    }

    // What the stored values need, and nothing else.
    private HashSet<Def> Needed()
    {
        var needed = new HashSet<Def>(_step.Writes);
        for (var i = _step.Defs.Count - 1; i >= 0; i--)
        {
            var def = _step.Defs[i];
            if (!needed.Contains(def)) continue;
            foreach (var operand in def.Operands)
            {
                if (_members.Contains(operand.Def) && Levels.Fuses(operand, def)) needed.Add(operand.Def);
            }
        }
        return needed;
    }

    private void Compute(Def def)
    {
        var name = def.Op switch
        {
            OpCode.RandomNormal => "normal",
            OpCode.RandomUniform => "uniform",
            OpCode.StopGradient => throw new InvalidOperationException("copies are kernels"),
            _ => Printer.Name(def.Op),
        };
        string arguments;
        if (def.Op is OpCode.RandomNormal or OpCode.RandomUniform or OpCode.RandomSign)
        {
            var spec = (Attributes.RandomSpec)def.Node!.Attributes;
            arguments = $"{string.Join(" ", def.Operands.Take(3).Select(Whole))} {spec.Stream} {Math.Max(1, spec.Event.Size)}";
        }
        else
        {
            arguments = string.Join(" ", def.Operands.Select(x => $"v{Read(x, def)}"));
        }
        _values[def] = Value(def.Type, $"{name} {arguments}", Comment(def.Node?.Origin));
    }

    private void Keep(Def def, string? over)
    {
        if (over is not null)
        {
            Add($"set {_updated.Count} = v{_values[def]}", null);
            _updated.Add(over);
            return;
        }
        var shape = string.Concat(def.Dims.Select(d => $" {d}"));
        if (def.Kind == DefKind.Reduce)
        {
            var fold = def.Fold.Form switch
            {
                FoldForm.Rows when def.Size != 1 => $" rows {def.Fold.Columns}",
                FoldForm.Columns => $" columns {def.Fold.Columns}",
                _ => "",
            };
            Add($"out{shape} = {(def.Op == OpCode.ReduceSum ? "sum" : "max")} v{Read(def.Operands[0], def)}{fold}", Comment(def.Node?.Origin));
        }
        else
        {
            Add($"out{shape} = v{_values[def]}", Comment(def.Node?.Origin));
        }
        _results.Add(def);
    }

    private int Read(View view, Def user)
    {
        if (Levels.Fuses(view, user) && _values.TryGetValue(view.Def, out var computed)) return computed;
        foreach (var (known, value) in _loads)
        {
            if (known.Same(view)) return value;
        }
        var loaded = Load(view);
        _loads.Add((view, loaded));
        return loaded;
    }

    private int Load(View view)
    {
        var type = view.Def.Type;
        if (view.Def is { Kind: DefKind.Constant, Size: 1, Value: { } literal }) return Value(type, $"literal {Literal(literal)}", null);
        var input = Input(_tensor(View.Whole(view.Def, view.Def.Dims)));
        if (view.IsIdentity && view.Size == _step.Space) return Value(type, $"load {input}", _inputs[input]);
        if (view.IsScalar) return Value(type, $"load {input} {view.Offset} : 1 : 0", _inputs[input]);
        var (dims, strides) = view.Merged();
        return Value(type, $"load {input} {view.Offset} : {string.Join(" ", dims)} : {string.Join(" ", strides)}", _inputs[input]);
    }

    // A draw's counter.
    private int Whole(View view) => Input(_tensor(view.IsIdentity ? View.Whole(view.Def, view.Def.Dims) : view));

    private int Input(string tensor)
    {
        var index = _inputs.IndexOf(tensor);
        if (index >= 0) return index;
        _inputs.Add(tensor);
        return _inputs.Count - 1;
    }

    private int Value(DType type, string expression, string? comment)
    {
        Add($"{type.Name()} v{_count} = {expression}", comment);
        return _count++;
    }

    private void Add(string statement, string? comment) => _lines.Add((statement, comment));

    private static string? Comment(Origin? origin) => origin is null ? null : origin.Site is null ? origin.Location : origin.Location.Length == 0 ? origin.Site : $"{origin.Site} ({origin.Location})";

    // Words that the C library's strtod reads back to the same bits.
    private static string Literal(HostTensor value) => value.Data switch
    {
        long[] l => l[0].ToString(CultureInfo.InvariantCulture),
        bool[] b => b[0] ? "1" : "0",
        _ when double.IsNaN(value[0]) => "nan",
        _ when double.IsInfinity(value[0]) => value[0] > 0 ? "inf" : "-inf",
        _ => value[0].ToString("R", CultureInfo.InvariantCulture),
    };
}

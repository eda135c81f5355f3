using ProbNet.Graph;

namespace ProbNet.Inference.Posteriors;

/// <summary>
/// A graph that runs many times while only one of its inputs changes. What does not depend on this input is computed once, by <see cref="Prepare"/>, and kept; movements of
/// values and literals, which cost nothing where they are read, stay with each run.
/// </summary>
internal sealed class StagedExecutable : IDisposable
{
    private readonly IExecutable? _before;
    private readonly IExecutable _each;
    private readonly int[] _beforeInput, _eachInput;
    private readonly (int Input, DType Type, Shape Shape)[] _kept;
    private HostTensor[]? _values;

    /// <summary>Compiles the graph.</summary>
    /// <param name="backend">Where to compute.</param>
    /// <param name="graph">The graph, optimised.</param>
    /// <param name="varying">The name of the input that changes from run to run.</param>
    /// <param name="options">How to compile.</param>
    public StagedExecutable(IBackend backend, TensorGraph graph, string varying, CompileOptions options)
    {
        var kept = Kept(graph, graph.Inputs[graph.InputIndex(varying)]);
        var holes = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in kept) holes[node] = TensorMath.Input($"kept.{holes.Count}", node.DType, node.Shape);
        var each = Part(graph.Inputs.Concat(kept.Select(n => holes[n])), graph.Outputs.Zip(Substitution.Apply([.. graph.Outputs.Select(o => o.Value)], holes), (o, value) => (o.Name, value)));
        var before = Part(graph.Inputs, kept.Select(n => (holes[n].InputName(), n)));
        _eachInput = Places(graph, each);
        _beforeInput = Places(graph, before);
        _kept = [.. kept.Select(n => (each.InputIndex(holes[n].InputName()), n.DType, n.Shape))];
        _before = kept.Count == 0 ? null : backend.Compile(before, options);
        _each = backend.Compile(each, options);
    }

    /// <summary>Sets an input of the graph.</summary>
    public void Write(int input, HostTensor value)
    {
        if (_beforeInput[input] >= 0) _before!.Write(_beforeInput[input], value);
        if (_eachInput[input] >= 0) _each.Write(_eachInput[input], value);
    }

    /// <summary>Computes what does not depend on the varying input; to be called when another input was set.</summary>
    public void Prepare()
    {
        _before?.Run();
        _values ??= [.. _kept.Select(k => HostTensor.Zeros(k.Type, k.Shape))];
        for (var i = 0; i < _kept.Length; i++)
        {
            Read(_before!, i, _values[i]);
            _each.Write(_kept[i].Input, _values[i]);
        }
    }

    /// <summary>Runs once on the current inputs.</summary>
    public void Run() => _each.Run();

    /// <summary>Copies an output of the last run into a tensor of its type and shape, which nobody else holds.</summary>
    public void Read(int output, HostTensor into) => Read(_each, output, into);

    /// <inheritdoc/>
    public void Dispose()
    {
        _before?.Dispose();
        _each.Dispose();
    }

    // Operations that do not depend on the varying input and are needed by something else than one another, operands before users.
    private static List<Tensor> Kept(TensorGraph graph, Tensor varying)
    {
        var varies = new HashSet<Tensor>(ReferenceEqualityComparer.Instance) { varying };
        var result = new List<Tensor>();
        var stays = new HashSet<Tensor>(graph.Outputs.Select(o => o.Value), ReferenceEqualityComparer.Instance);
        foreach (var node in graph.Nodes)
        {
            if (node.Inputs.Any(varies.Contains)) varies.Add(node);
        }
        foreach (var node in graph.Nodes.Reverse())
        {
            if (varies.Contains(node) || (stays.Contains(node) && IsFree(node))) stays.UnionWith(node.Inputs);
            else if (stays.Contains(node) && node.Op != OpCode.Input) result.Add(node);
        }
        result.Reverse();
        return result;
    }

    private static bool IsFree(Tensor node) => node.Op is OpCode.Constant or OpCode.Iota or OpCode.Broadcast or OpCode.Reshape or OpCode.Transpose or OpCode.Slice;

    private static TensorGraph Part(IEnumerable<Tensor> inputs, IEnumerable<(string Name, Tensor Value)> outputs)
    {
        (string Name, Tensor Value)[] wanted = [.. outputs];
        var used = Topology.Sort(wanted.Select(o => o.Value)).ToHashSet<Tensor>(ReferenceEqualityComparer.Instance);
        return new(inputs.Where(used.Contains), wanted);
    }

    // Where the inputs of the whole graph stand in a part; -1 if it does not need them.
    private static int[] Places(TensorGraph whole, TensorGraph part) => [.. whole.Inputs.Select(i => part.Inputs.IndexOf(i))];

    private static void Read(IExecutable executable, int output, HostTensor into)
    {
        switch (into.Data)
        {
            case float[] f: executable.Read<float>(output, f); break;
            case double[] d: executable.Read<double>(output, d); break;
            case long[] l: executable.Read<long>(output, l); break;
            case bool[] b: executable.Read<bool>(output, b); break;
        }
    }
}

using System.Collections.Immutable;

namespace ProbNet.Graph;

/// <summary>
/// A function from named inputs to named outputs: the expressions of the outputs with their shared nodes in topological order.
/// </summary>
public sealed class TensorGraph
{
    private readonly Lazy<ImmutableArray<Tensor>> _nodes;

    /// <summary>The graph of <paramref name="outputs"/>, taking <paramref name="inputs"/> in this order.</summary>
    /// <exception cref="ArgumentException">An input is not an <see cref="OpCode.Input"/>, two inputs share a name, or an output needs an input that is not listed.</exception>
    public TensorGraph(IEnumerable<Tensor> inputs, IEnumerable<(string Name, Tensor Value)> outputs)
    {
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        var names = new HashSet<string>();
        foreach (var input in Inputs)
        {
            if (input.Attributes is not Attributes.Named named) throw new ArgumentException($"{input} is not an input", nameof(inputs));
            if (!names.Add(named.Name)) throw new ArgumentException($"two inputs are named '{named.Name}'", nameof(inputs));
        }
        _nodes = new(() => Topology.Sort(Inputs, Outputs.Select(o => o.Value)));
        foreach (var node in Nodes)
        {
            if (node.Op == OpCode.Input && !names.Contains(node.InputName()))
                throw new ArgumentException($"an output needs the input '{node.InputName()}', which is not listed", nameof(outputs));
        }
    }

    /// <summary>The inputs, each an <see cref="OpCode.Input"/> node.</summary>
    public ImmutableArray<Tensor> Inputs { get; }

    /// <summary>The outputs and their names.</summary>
    public ImmutableArray<(string Name, Tensor Value)> Outputs { get; }

    /// <summary>Inputs first, then every node the outputs need, operands before users.</summary>
    public ImmutableArray<Tensor> Nodes => _nodes.Value;

    /// <summary>The same inputs with other outputs.</summary>
    public TensorGraph WithOutputs(IEnumerable<(string Name, Tensor Value)> outputs) => new(Inputs, outputs);

    /// <summary>The position of the input called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public int InputIndex(string name)
    {
        for (var i = 0; i < Inputs.Length; i++)
        {
            if (Inputs[i].InputName() == name) return i;
        }
        throw new KeyNotFoundException($"the graph has no input '{name}'");
    }

    /// <summary>The position of the output called <paramref name="name"/>.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public int OutputIndex(string name)
    {
        for (var i = 0; i < Outputs.Length; i++)
        {
            if (Outputs[i].Name == name) return i;
        }
        throw new KeyNotFoundException($"the graph has no output '{name}'");
    }

    /// <summary>The graph as text; see <see cref="Printer"/>.</summary>
    public override string ToString() => Printer.Print(this);
}

/// <summary>Orders and walks over expressions; iterative, so that depth is bounded by memory and not by the stack.</summary>
public static class Topology
{
    /// <summary>Every node reachable from <paramref name="roots"/>, operands before users, with <paramref name="first"/> at the front.</summary>
    public static ImmutableArray<Tensor> Sort(IEnumerable<Tensor> first, IEnumerable<Tensor> roots) => Walk(first, roots, null);

    /// <summary>As <see cref="Sort(IEnumerable{Tensor})"/>, without what only the keys of <paramref name="leaves"/> need.</summary>
    internal static ImmutableArray<Tensor> SortAbove(IEnumerable<Tensor> roots, IReadOnlyDictionary<Tensor, Tensor> leaves) => Walk([], roots, leaves);

    private static ImmutableArray<Tensor> Walk(IEnumerable<Tensor> first, IEnumerable<Tensor> roots, IReadOnlyDictionary<Tensor, Tensor>? leaves)
    {
        var order = ImmutableArray.CreateBuilder<Tensor>();
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var node in first)
        {
            if (seen.Add(node)) order.Add(node);
        }
        var stack = new Stack<(Tensor Node, int Next)>();
        foreach (var root in roots)
        {
            if (!seen.Add(root)) continue;
            stack.Push((root, 0));
            while (stack.Count > 0)
            {
                var (node, next) = stack.Pop();
                if (next == node.Inputs.Length || (next == 0 && leaves is not null && leaves.ContainsKey(node)))
                {
                    order.Add(node);
                    continue;
                }
                stack.Push((node, next + 1));
                var operand = node.Inputs[next];
                if (seen.Add(operand)) stack.Push((operand, 0));
            }
        }
        return order.ToImmutable();
    }

    /// <summary>Every node reachable from <paramref name="roots"/>, operands before users.</summary>
    public static ImmutableArray<Tensor> Sort(IEnumerable<Tensor> roots) => Sort([], roots);

    /// <summary>The name of an input node.</summary>
    public static string InputName(this Tensor input) => ((Attributes.Named)input.Attributes).Name;
}

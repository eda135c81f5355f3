using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>A step as TorchScript: <c>def step(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]</c> and the functions it calls.</summary>
/// <param name="Text">The script.</param>
/// <param name="Constants">The tensors of its second argument.</param>
/// <param name="Returned">For each tensor it returns, the output of the graph; those that are carried are in the inputs afterwards.</param>
internal sealed record EmittedScript(string Text, EqArray<HostTensor> Constants, EqArray<int> Returned)
{
    /// <summary>The name of the function.</summary>
    public const string Function = "step";

    /// <summary>The script of a body that is written, under its head and after the functions that it calls.</summary>
    public static EmittedScript Of(ScriptWriter script, EqArray<int> returned) =>
        new($"{Prelude.Of(script.Used)}def {Function}(inputs: List[Tensor], constants: List[Tensor]) -> List[Tensor]:\n{script.Body}", [.. script.Constants], returned);
}

/// <summary>
/// A graph as TorchScript of libtorch's own operators, one line a node. Carried inputs are updated in place: by the operation that computes the new value where nothing reads
/// the old one any more, else by a copy at the end.
/// </summary>
internal static class PlainEmitter
{
    /// <summary>The script of a graph whose carries are fed back.</summary>
    public static EmittedScript Emit(TensorGraph graph, EqArray<Carry> carries)
    {
        var script = new ScriptWriter();
        var names = InputNames.Of(graph, carries);
        InputText.Write(graph, carries, names, script);
        var inPlace = InPlace.Find(graph, carries);
        NodeText.Write(graph, names, script, node => inPlace.TryGetValue(node, out var input) ? names[input] : null);
        var returned = CarriedState.Write(
            graph, carries, c => inPlace.TryGetValue(graph.Outputs[c.Output].Value, out var input) && ReferenceEquals(input, graph.Inputs[c.Input]),
            value => Sharing.Root(value, inPlace).Op == OpCode.Input, names, names, script);
        return EmittedScript.Of(script, returned);
    }
}

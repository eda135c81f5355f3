using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>
/// A graph as TorchScript with fused regions: elementwise work, draws and reductions over one space are a single call of <c>probnet.region</c>; products and whatever
/// else has a kernel of its own are libtorch's operators. New state is computed over the old where the order of reads allows.
/// </summary>
internal static class FusedEmitter
{
    /// <summary>The script of a graph whose carries are fed back.</summary>
    public static EmittedScript Emit(TensorGraph graph, EqArray<Carry> carries, TorchCompute compute)
    {
        var script = new ScriptWriter { WriteNodes = (body, names, writer) => FusedBody.Write(body, [], names, writer, compute) };
        var names = InputNames.Of(graph, carries);
        InputText.Write(graph, carries, names, script);
        // An output that is an input has another name: that of its copy.
        var inputs = new Dictionary<Tensor, string>(names, ReferenceEqualityComparer.Instance);
        var body = FusedBody.Write(graph, carries, names, script, compute);
        var returned = CarriedState.Write(graph, carries, body.InPlace.Contains, body.Shared.Contains, inputs, names, script);
        return EmittedScript.Of(script, returned);
    }
}

using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Whole-tensor forms of the transfers of <see cref="ITorchTensor"/>.</summary>
internal static class TorchTransfers
{
    /// <summary>Sets all elements from host values of the tensor's type.</summary>
    public static void Write(this ITorchTensor tensor, HostTensor value)
    {
        switch (value.Data)
        {
            case float[] f: tensor.Write<float>(f); break;
            case double[] d: tensor.Write<double>(d); break;
            case long[] l: tensor.Write<long>(l); break;
            case bool[] b: tensor.Write<bool>(b); break;
        }
    }
}

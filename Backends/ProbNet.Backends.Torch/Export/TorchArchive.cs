using ProbNet.Graph;

namespace ProbNet.Backends.Torch;

/// <summary>Writes modules as archives that <c>torch.jit.load</c> reads, in Python and in C++, with nothing of ours.</summary>
public static unsafe class TorchArchive
{
    /// <summary>Writes an archive.</summary>
    /// <param name="runtime">The shim, whose libtorch writes it.</param>
    /// <param name="module">The module.</param>
    /// <param name="path">The file; one that is there is overwritten.</param>
    /// <exception cref="TorchException">libtorch refused the module, or the file cannot be written.</exception>
    public static void Write(ShimRuntime runtime, TorchModule module, string path)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(module);
        var (text, buffers) = ModuleText.Of(module);
        var library = runtime.Library;
        nint made;
        fixed (byte* name = ShimLibrary.Utf8(module.Name)) library.Check(library.ModuleCreate(name, &made));
        using var handle = new ShimModule(library, made);
        foreach (var (name, value) in buffers)
        {
            using var tensor = (ShimTensor)runtime.Create(TorchDevice.Cpu, value.DType, value.Shape);
            tensor.Write(value);
            fixed (byte* utf8 = ShimLibrary.Utf8(name)) library.Check(library.ModuleBuffer(handle.Value, utf8, tensor.Value));
        }
        fixed (byte* utf8 = ShimLibrary.Utf8(text)) library.Check(library.ModuleDefine(handle.Value, utf8));
        fixed (byte* utf8 = ShimLibrary.Utf8(path)) library.Check(library.ModuleSave(handle.Value, utf8));
    }

    /// <summary>The methods of a module as TorchScript.</summary>
    public static string Text(TorchModule module) => ModuleText.Of(module).Text;
}

/// <summary>A module made through the shim.</summary>
internal sealed unsafe class ShimModule(ShimLibrary library, nint value) : ShimHandle(library, value, library.ModuleFree);
